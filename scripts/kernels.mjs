// Compiles the kernels in src/engine/native/kernels to WebAssembly, in four builds, beside a note of the compiler.
//   node scripts/kernels.mjs            writes them to src/engine/native/wasm
//   node scripts/kernels.mjs --check    builds aside and compares byte by byte; exit 0: alike, 1: not, 3: another compiler
// Needs clang and wasm-ld of LLVM 19, or those that CLANG names.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/engine/native', import.meta.url));
const clang = process.env.CLANG ?? 'clang-19';

const common = [
  '--target=wasm32', '-std=c17', '-O3', '-nostdlib', '-Wall', '-Wextra', '-Werror', '-fno-math-errno', '-mllvm', '-disable-lsr', '-msimd128',
  '-mbulk-memory', '-Wl,--no-entry', '-Wl,--import-memory', '-Wl,-z,stack-size=65536',
  '-Wl,--export=__heap_base', '-Wl,--export=__stack_pointer',
];
const relaxed = ['-mrelaxed-simd'];
const threads = ['-matomics', '-Wl,--shared-memory', '-Wl,--max-memory=4294967296'];
const builds = {
  simd: [],
  relaxed,
  'simd-threads': threads,
  'relaxed-threads': [...relaxed, ...threads],
};

function run(command, args) {
  const { status, stdout, error } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: `${folder}/kernels` });
  if (error || status !== 0) throw new Error(`${command} failed: ${error?.message ?? `exit ${status}`}`);
  return stdout.toString();
}

/** `clang 19.1.7`, without what a distribution adds. */
const compiler = () => `clang ${/version (\d+\.\d+\.\d+)/.exec(run(clang, ['--version']))?.[1]}`;

function build(target) {
  mkdirSync(target, { recursive: true });
  const sources = readdirSync(`${folder}/kernels`).filter((name) => name.endsWith('.c')).sort();
  for (const [name, flags] of Object.entries(builds)) {
    run(clang, [...common, ...flags, ...sources, '-o', join(target, `${name}.wasm`)]);
  }
}

const note = `${folder}/wasm/compiler.txt`;
if (process.argv.includes('--check')) {
  const aside = mkdtempSync(join(tmpdir(), 'kernels-'));
  build(aside);
  const recorded = readFileSync(note, 'utf8').trim();
  const changed = Object.keys(builds).filter(
    (name) => !readFileSync(join(aside, `${name}.wasm`)).equals(readFileSync(`${folder}/wasm/${name}.wasm`)),
  );
  if (recorded !== compiler()) {
    console.log(`Built by ${compiler()}, recorded by ${recorded}: not compared. The builds lie in ${aside}.`);
    process.exitCode = 3;
  } else if (changed.length > 0) {
    console.error(`${changed.join(', ')}: the committed file is not what the sources give. Run node scripts/kernels.mjs.`);
    process.exitCode = 1;
  } else console.log(`The four builds are what ${recorded} makes of the sources.`);
} else {
  build(`${folder}/wasm`);
  writeFileSync(note, `${compiler()}\n`);
}
