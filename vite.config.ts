import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

/** Threads and precise timers need a cross-origin isolated page. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

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

/** One configuration for the page and, with `--ssr`, for the command: both find the registry's layers the same way. */
export default defineConfig(({ isSsrBuild }) => ({
  base: './',
  plugins: [react(), tailwind()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // Found at the start: found late, in the worker, they would reload the page under the first run.
  optimizeDeps: {
    include: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-webgpu', 'comlink'],
  },
  server: { headers: isolation },
  preview: { headers: isolation },
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
    include: ['src/**/*.test.ts', 'presets/**/*.test.ts'],
    environment: 'node',
    pool: 'threads' as const,
  },
}));
