import { existsSync } from 'node:fs';
import { chromium } from '@playwright/test';

/** Playwright's own Chromium if it is there, else the system's. */
const own = chromium.executablePath();
const executablePath = [own, process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => path && existsSync(path),
);

const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** WebGL and WebGPU on any machine, imitated by the processor. */
const software = ['--enable-unsafe-swiftshader', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** How the Chromium of tests and benchmarks is launched, without graphics or with imitated ones. */
export const launchOptions = (graphics: 'none' | 'software') => ({
  executablePath,
  args: [...quiet, ...(graphics === 'none' ? ['--disable-gpu'] : software)],
});

export const viewport = { width: 1360, height: 820 };
