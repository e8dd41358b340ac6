// Builds the command, dist/node/loom.js, unless it is newer than everything it is made of.
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'dist/node');
const stampFile = join(target, 'stamp');
const lock = join(root, 'dist/.loom-lock');
/** A build takes some seconds; a lock much older than that was left by a process that died. */
const LOCK_MS = 120_000;
/** Old chunks stay for as long as a command that loads them late may run on. */
const CHUNK_MS = 24 * 3_600_000;

/** Path, size and time of every source. */
async function sources() {
  const folders = ['src', 'presets'];
  const lines = [];
  for (const folder of folders) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'));
    lines.push(...files.map((entry) => join(entry.parentPath, entry.name)));
  }
  lines.push(...['vite.config.ts', 'package.json', 'package-lock.json'].map((name) => join(root, name)));
  const stats = await Promise.all(lines.sort().map((path) => stat(path)));
  return lines.map((path, i) => `${path} ${stats[i].size} ${stats[i].mtimeMs}`).join('\n');
}

const stampOf = async () =>
  createHash('sha256')
    .update(await sources())
    .digest('hex');
const built = async () => readFile(stampFile, 'utf8').catch(() => '');

async function withLock(work) {
  await mkdir(join(root, 'dist'), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const age =
        Date.now() -
        (await stat(lock).then(
          ({ mtimeMs }) => mtimeMs,
          () => Date.now(),
        ));
      if (age > LOCK_MS) await rm(lock, { recursive: true, force: true });
      else await wait(100);
    }
  }
  try {
    await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Built aside and moved in, the entry last, so that a command that runs meanwhile finds its chunks. */
async function build(stamp) {
  const { build: viteBuild } = await import('vite');
  const aside = join(root, `dist/.node-${process.pid}`);
  try {
    await viteBuild({
      root,
      logLevel: 'error',
      build: { ssr: true, outDir: aside, emptyOutDir: true, copyPublicDir: false },
    });
    await mkdir(target, { recursive: true });
    const keepFrom = Date.now() - CHUNK_MS;
    for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && (await stat(path)).mtimeMs < keepFrom) await rm(path, { force: true });
    }
    await cp(aside, target, { recursive: true, filter: (path) => path !== join(aside, 'loom.js') });
    await rename(join(aside, 'loom.js'), join(target, 'loom.js'));
    await writeFile(stampFile, stamp);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Makes the build current; resolves to its address. */
export async function buildLoom() {
  const stamp = await stampOf();
  if ((await built()) !== stamp) {
    await withLock(async () => {
      if ((await built()) !== stamp) await build(stamp);
    });
  }
  return pathToFileURL(join(target, 'loom.js')).href;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildLoom();
