// All checks, one after another: types, lint, import directions, unit and contract tests, the build, end to end.
// The last line sums what the runners themselves report; a check without tests counts as one.
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}/test-results`;

function run(command, args, { env = {}, stdio = 'inherit', onOutput } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', stdio, stdio],
      env: { ...process.env, ...env },
    });
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** A browser for the end-to-end tests: Playwright's own, else the system's, else one is installed. */
async function haveBrowser() {
  const known = [chromium.executablePath(), process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  const found = () => known.some((path) => path && existsSync(path));
  if (found()) return true;
  if ((await run('npx', ['playwright', 'install', 'chromium'])) === 0 && found()) return true;
  await run('sh', ['-c', 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium']);
  return found();
}

const totals = { passed: 0, failed: 0 };
const failures = [];

async function check(name, work) {
  const started = Date.now();
  console.log(`\n— ${name}`);
  const { passed, failed } = await work();
  totals.passed += passed;
  totals.failed += failed;
  if (failed > 0) failures.push(name);
  console.log(`— ${name}: ${passed} passed, ${failed} failed, ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

const byCode = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** Commands side by side, what each says told at its end; each is a check. */
const together = (commands) => async () => {
  const codes = await Promise.all(
    commands.map(async ([command, ...args]) => {
      const said = [];
      const code = await run(command, args, { stdio: 'pipe', onOutput: (piece) => said.push(piece) });
      process.stdout.write(Buffer.concat(said));
      console.log(`${args[0]}: ${code === 0 ? 'passed' : `failed with ${code}`}`);
      return code;
    }),
  );
  const failed = codes.filter((code) => code !== 0).length;
  return { passed: codes.length - failed, failed };
};

/** A runner that ends badly or leaves no report has failed at least once, whatever it counted. */
async function reported(code, file, count) {
  const report = await readFile(file, 'utf8').then(JSON.parse, () => null);
  const { passed, failed } = report ? count(report) : { passed: 0, failed: 1 };
  return { passed, failed: code !== 0 && failed === 0 ? 1 : failed };
}

await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });

await check(
  'types, lint and import directions',
  together([
    ['npx', 'tsc', '--noEmit'],
    ['npx', 'eslint', '.', '--max-warnings', '0'],
    ['npx', 'depcruise', 'src', '--config', '.dependency-cruiser.mjs'],
  ]),
);
const unitTests = async (name, filters = [], env = {}) => {
  const file = `${results}/${name}.json`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await run('npx', ['vitest', 'run', ...filters, ...reporters], { env });
  return reported(code, file, (report) => ({ passed: report.numPassedTests, failed: report.numFailedTests }));
};
await check('unit and contract tests', () => unitTests('unit'));

// The compiled kernels against their sources, byte by byte. Another version of the compiler makes other bytes: then
// what it made has to pass the kernels' tests. Where there is no compiler, only who asks for the check fails it.
await check('kernels', async () => {
  const aside = `${results}/kernels`;
  const code = await run('node', ['scripts/kernels.mjs', '--check', aside]);
  if (code === 3) return unitTests('kernels', ['src/engine/native', 'presets/native'], { LAYERLOOM_KERNELS: aside });
  if (code === 4 && !process.argv.includes('--kernels')) {
    console.log('The kernels were not checked against their sources.');
    return { passed: 0, failed: 0 };
  }
  return byCode(code);
});
await check('build', async () => byCode(await run('npm', ['run', '-s', 'build'])));
await check('end to end', async () => {
  if (!(await haveBrowser())) {
    console.error('No Chromium here and none could be installed; set CHROMIUM_PATH to one.');
    return { passed: 0, failed: 1 };
  }
  const code = await run('npx', ['playwright', 'test']);
  return reported(code, `${results}/e2e.json`, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
  }));
});

// The goldens against live PyTorch: needs Python and a large download, so it runs when asked for.
if (process.argv.includes('--parity')) {
  await check('parity with PyTorch', async () => {
    const venv = `${root}/.cache/parity`;
    const file = `${results}/parity.json`;
    const python = `${venv}/bin/python`;
    const steps = [
      ['python3', ['-m', 'venv', venv]],
      [python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', 'e2e/parity/requirements.txt']],
      [python, ['e2e/parity/check.py', file]],
    ];
    let code = 0;
    for (const [command, args] of steps) code ||= await run(command, args);
    return reported(code, file, (report) => report);
  });
}

if (failures.length > 0) console.log(`\nFailed: ${failures.join(', ')}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
