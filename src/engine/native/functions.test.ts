import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const kernels = fileURLToPath(new URL('./kernels', import.meta.url));
const clang = process.env.CLANG ?? 'clang-19';
const hasClang = spawnSync(clang, ['--version']).status === 0;

const functions = [
  'exp4', 'expm1_4', 'log4', 'log1p4', 'sigmoid4', 'softplus4', 'tanh4', 'normal4', 'normal_slope4',
] as const;

/** functions.h alone: map_<name>(from, to, count). */
function compiled(): (name: (typeof functions)[number], x: Float32Array) => Float32Array {
  const folder = mkdtempSync(join(tmpdir(), 'functions-'));
  const maps = functions.map(
    (name) =>
      `__attribute__((export_name("${name}"))) void map_${name}(const float *from, float *to, i32 count) {` +
      ` for (i32 i = 0; i < count; i += 4) store4(to + i, ${name}(load4(from + i))); }`,
  );
  writeFileSync(join(folder, 'map.c'), ['#include "functions.h"', ...maps].join('\n'));
  const flags = ['--target=wasm32', '-std=c17', '-O3', '-nostdlib', '-msimd128', '-Wl,--no-entry', '-Wl,--export=__heap_base'];
  const built = spawnSync(clang, [...flags, `-I${kernels}`, join(folder, 'map.c'), '-o', join(folder, 'map.wasm')]);
  if (built.status !== 0) throw new Error(String(built.stderr));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(join(folder, 'map.wasm'))));
  const memory = exports.memory as WebAssembly.Memory;
  const base = Number((exports.__heap_base as WebAssembly.Global).value);
  return (name, x) => {
    const bytes = 4 * Math.ceil(x.length / 4) * 4;
    const missing = Math.ceil((base + 2 * bytes) / 65_536) - memory.buffer.byteLength / 65_536;
    if (missing > 0) memory.grow(missing);
    new Float32Array(memory.buffer, base, x.length).set(x);
    (exports[name] as (from: number, to: number, count: number) => void)(base, base + bytes, x.length);
    return new Float32Array(memory.buffer, base + bytes, x.length).slice();
  };
}

/** Every 10,007th of all floats: both signs, the smallest ones, infinities and what is not a number. */
const everywhere = new Float32Array(
  Uint32Array.from({ length: Math.floor(2 ** 32 / 10_007) }, (_, i) => i * 10_007).buffer,
);

/** 2^NORMAL is the smallest normal float. */
const NORMAL = -126;

/** Distance in units of the last place of the true value; below 2^`least` in units of that one's last place. */
function lastPlaces(got: number, wanted: number, least: number): number {
  if (Number.isNaN(wanted)) return Number.isNaN(got) ? 0 : Infinity;
  const rounded = Math.fround(wanted);
  if (got === rounded) return 0;
  if (!Number.isFinite(rounded)) return Infinity;
  const place = 2 ** (Math.max(least, Math.floor(Math.log2(Math.abs(wanted)))) - 23);
  return Math.abs(got - wanted) / place;
}

/** The error function in doubles: its series up to 3, Lentz's continued fraction of 1 − erf beyond. */
function erf(x: number): number {
  const t = Math.abs(x);
  if (Number.isNaN(x) || t > 6) return Number.isNaN(x) ? NaN : Math.sign(x);
  if (t < 3) {
    let [sum, term] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n += 1) {
      term *= -(x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let k = 60; k > 0; k -= 1) fraction = k / 2 / (t + fraction);
  return Math.sign(x) * (1 - Math.exp(-t * t) / Math.sqrt(Math.PI) / (t + fraction));
}

const normal = (x: number) => (1 + erf(x / Math.SQRT2)) / 2;
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const normalSlope = (x: number) => normal(x) + (Number.isFinite(x) ? x * density(x) : 0);

const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

describe.runIf(hasClang)('elementary functions of four floats, over all floats', () => {
  const map = hasClang ? compiled() : null;
  it.each([
    ['exp4', Math.exp, () => true, 2, NORMAL],
    ['expm1_4', Math.expm1, (x: number) => !(x > 0), 2, NORMAL],
    ['log4', Math.log, () => true, 2, NORMAL],
    ['log1p4', Math.log1p, (x: number) => !(x < 0) && !(x > 1), 4, NORMAL],
    // Below it is 0, the true value less than any normal float.
    ['sigmoid4', (x: number) => 1 / (1 + Math.exp(-x)), (x: number) => !(x < -88) || x === -Infinity, 4, NORMAL],
    ['softplus4', softplus, () => true, 4, NORMAL],
    ['tanh4', Math.tanh, () => true, 4, NORMAL],
    // Their errors are even: units are those of numbers from ½ to 1.
    ['normal4', normal, () => true, 4, -1],
    ['normal_slope4', normalSlope, () => true, 4, -1],
  ] as const)('%s', (name, wanted, isMeant, most, least) => {
    const x = everywhere.filter(isMeant);
    const got = map!(name, x);
    let worst = { places: 0, x: 0, got: 0 };
    x.forEach((each, i) => {
      const places = lastPlaces(got[i]!, wanted(each), least);
      if (places > worst.places) worst = { places, x: each, got: got[i]! };
    });
    expect(worst.places, `at ${worst.x}, which gives ${worst.got}`).toBeLessThanOrEqual(most);
    for (const special of [Infinity, -Infinity, NaN, 0, -0]) {
      if (!isMeant(special)) continue;
      const [value] = map!(name, Float32Array.of(special, special, special, special));
      expect(lastPlaces(value!, wanted(special), least), `at ${special}, which gives ${value}`).toBe(0);
    }
  });
});
