import { defineConfig } from '@playwright/test';
import { launchOptions, viewport } from './e2e/support/chromium';

/** Another one where this is taken. */
const port = Number(process.env.PORT ?? 4173);

const onGraphics = ['backends.spec.ts', 'devices.spec.ts'];
/** What measures time has the machine to itself, after all others. */
const measured = ['frames.spec.ts'];

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: false,
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  use: {
    baseURL: `http://localhost:${port}`,
    viewport,
    actionTimeout: 15_000,
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'app', testIgnore: [...onGraphics, ...measured], use: { launchOptions: launchOptions('none') } },
    { name: 'backends', testMatch: onGraphics, use: { launchOptions: launchOptions('software') } },
    {
      name: 'measured',
      testMatch: measured,
      dependencies: ['app', 'backends'],
      use: { launchOptions: launchOptions('none') },
    },
  ],
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    url: `http://localhost:${port}`,
    reuseExistingServer: false,
    timeout: 60_000,
  },
});
