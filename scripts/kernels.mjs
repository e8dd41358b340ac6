// Compiles the kernels in src/engine/native/kernels to WebAssembly, in four builds, beside a note of the compiler.
//   node scripts/kernels.mjs            writes them to src/engine/native/wasm
//   node scripts/kernels.mjs --check [FOLDER]    builds into FOLDER, else aside, and compares byte by byte
// Exit: 0 alike; 1 not alike, or they don't compile; 3 another version of the compiler made the ones in FOLDER;
// 4 there is no compiler. Needs clang and wasm-ld of LLVM 19, or those that CLANG names.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/engine/native', import.meta.url));
const clang = process.env.CLANG ?? 'clang-19';

const common = [
  '--target=wasm32', '-std=c17', '-O3', '-nostdlib', '-Wall', '-Wextra', '-Werror', '-fno-math-errno', '-mllvm', '-disable-lsr', '-msimd128',
  '-mbulk-memory', '-Wl,--no-entry', '-Wl,--strip-all', '-Wl,--import-memory', '-Wl,-z,stack-size=65536',
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

/** `clang 19.1.7`, without what a distribution adds; `null` where it, or its linker, is missing. */
function compiler() {
  const asked = (option) => spawnSync(clang, ['--target=wasm32', option], { encoding: 'utf8' }).stdout ?? '';
  const version = /version (\d+\.\d+\.\d+)/.exec(asked('--version'))?.[1];
  // A program that clang does not find it names without a folder.
  const linker = asked('-print-prog-name=wasm-ld').trim();
  return version && isAbsolute(linker) ? `clang ${version}` : null;
}

function build(target) {
  mkdirSync(target, { recursive: true });
  const sources = readdirSync(`${folder}/kernels`).filter((name) => name.endsWith('.c')).sort();
  for (const [name, flags] of Object.entries(builds)) {
    run(clang, [...common, ...flags, ...sources, '-o', join(target, `${name}.wasm`)]);
  }
}

const note = `${folder}/wasm/compiler.txt`;
const present = compiler();

function check(aside) {
  build(aside);
  const recorded = readFileSync(note, 'utf8').trim();
  if (recorded !== present) {
    console.log(`Built by ${present}, recorded by ${recorded}: not compared. The builds lie in ${aside}.`);
    return 3;
  }
  const changed = Object.keys(builds).filter(
    (name) => !readFileSync(join(aside, `${name}.wasm`)).equals(readFileSync(`${folder}/wasm/${name}.wasm`)),
  );
  if (changed.length > 0) {
    console.error(`${changed.join(', ')}: the committed file is not what the sources give. Run node scripts/kernels.mjs.`);
    return 1;
  }
  console.log(`The four builds are what ${recorded} makes of the sources.`);
  return 0;
}

const [mode, aside] = process.argv.slice(2);
if (!present) {
  console.error(`${clang} or its wasm-ld is not here: install clang-19 and lld-19, or set CLANG.`);
  process.exitCode = 4;
} else if (mode === '--check') {
  process.exitCode = check(resolve(aside ?? mkdtempSync(join(tmpdir(), 'kernels-'))));
} else {
  build(`${folder}/wasm`);
  writeFileSync(note, `${present}\n`);
}
