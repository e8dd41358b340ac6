import { describe, expect, it } from 'vitest';
import { nodeSurroundings } from './backends/node';
import { createProgram } from './createProgram';
import { batchFor, optionsFor } from './testing/batches';
import { networks, planOf } from './testing/plans';

describe('a program', () => {
  const plan = planOf(networks['an MLP']!);

  it('runs on wasm where there is no GPU, and says what it does meanwhile', async () => {
    const phases: string[] = [];
    const program = await createProgram(nodeSurroundings, 'auto', plan, { ...optionsFor(), trains: true }, (what) =>
      phases.push(what),
    );
    if (!program.ok) throw new Error(program.error.message);
    expect(program.value.backend).toMatch(/^wasm · (relaxed )?SIMD/);
    expect(phases).toEqual(['Starting wasm']);
    program.value.dispose();
  });

  it('for a backend that this machine lacks is a problem that says so', async () => {
    const program = await createProgram(nodeSurroundings, 'webgl', plan, optionsFor());
    expect(program).toMatchObject({ ok: false, error: { code: 'backend.unavailable', message: expect.stringContaining('The backend webgl does not run here') as string } });
  });

  it('without anything to learn still has a loss', async () => {
    const bare = planOf([
      ['in', 'input', { shape: [3] }],
      ['s', 'activation', { activation: 'softmax' }],
      ['out', 'output'],
    ]);
    const program = await createProgram(nodeSurroundings, 'cpu', bare, optionsFor());
    if (!program.ok) throw new Error(program.error.message);
    const inputs = [Float32Array.of(0, 0, 0)];
    const batch = { ...batchFor(bare, 1, 1), inputs };
    program.value.step(batch, 0.1);
    const [report] = await program.value.read();
    expect(report?.loss).toBeCloseTo(Math.log(3), 6);
    expect(await program.value.gradients(batch)).toMatchObject({ gradients: {} });
    program.value.dispose();
  });
});
