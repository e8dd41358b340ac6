import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { build, type Plugin } from 'vite';
import { isolationHeaders, workerFile } from './src/app/isolation/headers.ts';

/**
 * Lets tfjs's threaded wasm survive minification. Its threads evaluate the loader's own source text, where the variable
 * `_scriptDir` of the surrounding scope is missing; a minifier renames it and drops the `typeof` that guards it, and
 * every thread dies of a ReferenceError. In a bundle the variable has no use.
 */
const threadedWasm = (): Plugin => ({
  name: 'threaded-wasm',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('tfjs-backend-wasm-threaded-simd.js')) return null;
    const guarded = 'typeof _scriptDir !== "undefined" && _scriptDir';
    if (!code.includes(guarded)) this.error('The loader of the threaded wasm has changed: see threadedWasm().');
    return { code: code.replace(guarded, 'false'), map: null };
  },
});

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const alias = { '@': fromHere('./src') };

/**
 * A module and all it imports as one classic script.
 * @param name global under which its exports are found.
 */
async function classicScript(entry: string, name: string) {
  const output = await build({
    configFile: false,
    logLevel: 'warn',
    resolve: { alias },
    build: { write: false, target: 'es2022', lib: { entry, formats: ['iife'], name } },
  });
  const [bundle] = [output].flat();
  if (!bundle || !('output' in bundle)) throw new Error(`${entry} could not be bundled.`);
  return bundle.output[0];
}

/**
 * `import text from './module?script'`: the module and all it imports as the text of one classic script, its exports
 * under the global `layerloomLayers`. So that what exports bring is made of the very files that the application runs.
 */
const scriptText = (): Plugin => ({
  name: 'script-text',
  async load(id) {
    if (!id.endsWith('?script')) return null;
    const entry = id.slice(0, -'?script'.length);
    const chunk = await classicScript(entry, 'layerloomLayers');
    for (const file of Object.keys(chunk.modules)) this.addWatchFile(file);
    return `export default ${JSON.stringify(chunk.code)};`;
  },
});

/** The service worker of the page, under a name that stays the same, so that browsers find the next version of it. */
const isolationWorker = (): Plugin => ({
  name: 'isolation-worker',
  apply: 'build',
  applyToEnvironment: ({ name }) => name === 'client',
  async generateBundle() {
    const { code } = await classicScript(fromHere('./src/app/isolation/worker.ts'), 'layerloomIsolation');
    this.emitFile({ type: 'asset', fileName: workerFile, source: code });
  },
});

/** One configuration for the page and, with `--ssr`, for the command: both find the registry's layers the same way. */
export default defineConfig(({ isSsrBuild }) => ({
  base: './',
  plugins: [react(), tailwind(), scriptText(), isolationWorker()],
  resolve: { alias },
  // Found at the start: found late, in the worker, they would reload the page under the first run.
  optimizeDeps: {
    // What workers alone import is found when the first one starts, and then the page would be reloaded under a run.
    include: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgpu',
      'comlink',
      'wasm-feature-detect',
    ],
  },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  worker: { format: 'es' as const, plugins: () => [threadedWasm()] },
  build: isSsrBuild
    ? {
        outDir: 'dist/node',
        copyPublicDir: false,
        target: 'node20',
        rolldownOptions: { input: { loom: 'src/cli/loom.ts' } },
      }
    : { outDir: 'dist/app', target: 'es2022' },
  test: {
    include: ['src/**/*.test.ts', 'presets/**/*.test.ts', 'bench/**/*.test.ts'],
    environment: 'node',
    pool: 'threads' as const,
  },
}));
