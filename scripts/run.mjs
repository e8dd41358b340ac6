// node scripts/run.mjs FILE.ts [ARGUMENT …]: builds a TypeScript file as the command is built, and runs it.
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Exit code of the run. Registries find their files by a build step, so Node can't run the sources as they are. */
export async function runBuilt(file, args = []) {
  const name = basename(file, '.ts');
  const outDir = `${root}/dist/run/${name}`;
  await build({
    root,
    logLevel: 'error',
    build: { ssr: file, outDir, emptyOutDir: true, rolldownOptions: { input: file } },
  });
  return spawnSync(process.execPath, [`${outDir}/${name}.js`, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  process.exitCode = await runBuilt(file, args);
}
