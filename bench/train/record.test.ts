import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lastResults, type Results, thisMachine, writeResults } from './record';
import { rowOf } from './testing';

it('a record is read back as it was written, a row a line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  try {
    const file = join(folder, 'results/train.json');
    expect(lastResults(file)).toBeNull();
    const results: Results = {
      machine: thisMachine(),
      date: '2026-01-31',
      rows: [rowOf('torch-1', 'node', 6, 0.5), rowOf('ours', 'browser', 9, 0.25)],
      memory: [{ net: 'lenet-5', batch: 64, engine: 'ours', where: 'node', bytes: 2 ** 28 }],
      app: { loading: { ms: 600, spread: 20, loads: 9 }, frames: { perSecond: 59.5, longestMs: 33 } },
    };
    writeResults(results, file);
    expect(lastResults(file)).toEqual(results);
    const lines = readFileSync(file, 'utf8').split('\n');
    expect(lines.filter((line) => line.includes('"ms"') && line.includes('"net"'))).toHaveLength(2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('the machine is its processor and the number of its cores', () => {
  expect(thisMachine()).toMatch(/, \d+ cores?$/);
  expect(thisMachine()).not.toContain(hostname());
});
