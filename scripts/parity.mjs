// Builds e2e/parity/emit.ts beside the command and runs it with the words given; what it tells goes to stdout.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const outDir = `${root}/dist/parity`;
await build({
  root,
  logLevel: 'error',
  build: { ssr: 'e2e/parity/emit.ts', outDir, emptyOutDir: true, rolldownOptions: { input: 'e2e/parity/emit.ts' } },
});
const { status } = spawnSync(process.execPath, [`${outDir}/emit.js`, ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = status ?? 1;
