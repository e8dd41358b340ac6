import { fileURLToPath } from 'node:url';
import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { threadedWasm } from './src/engine/backends/vitePlugin';

/** Threads and precise timers need a cross-origin isolated page. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** One configuration for the page and, with `--ssr`, for the command: both find the registry's layers the same way. */
export default defineConfig(({ isSsrBuild }) => ({
  base: './',
  plugins: [react(), tailwind()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
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
