// npm run bench [-- NAME]: builds bench/NAME.ts beside the command and runs it. Without a name: all of them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const known = readdirSync(`${root}/bench`)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replace(/\.ts$/, ''));
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.find((name) => !known.includes(name));
if (unknown) {
  console.error(`There is no benchmark “${unknown}”; there are ${known.join(', ')}.`);
  process.exit(2);
}
for (const name of wanted.length > 0 ? wanted : known) {
  const outDir = `${root}/dist/bench/${name}`;
  await build({
    root,
    logLevel: 'error',
    build: { ssr: `bench/${name}.ts`, outDir, emptyOutDir: true, rolldownOptions: { input: `bench/${name}.ts` } },
  });
  const { status } = spawnSync(process.execPath, [`${outDir}/${name}.js`], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
