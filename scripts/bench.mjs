// npm run bench -- [NAME …] [OPTION …]: runs bench/NAME.ts with the options. Without a name: all of them.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runBuilt } from './run.mjs';

const known = readdirSync(fileURLToPath(new URL('../bench', import.meta.url)))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));
const words = process.argv.slice(2);
const firstOption = words.findIndex((word) => word.startsWith('-'));
const wanted = firstOption < 0 ? words : words.slice(0, firstOption);
const options = firstOption < 0 ? [] : words.slice(firstOption);
const unknown = wanted.find((name) => !known.includes(name));
if (unknown) {
  console.error(`There is no benchmark “${unknown}”; there are ${known.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : known) {
  const code = await runBuilt(`bench/${name}.ts`, options);
  if (code !== 0) process.exit(code);
}
