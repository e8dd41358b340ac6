import { randomStream } from '@/core/random';
import type { Entry } from '@/compiler/testing/draw';
import { planOf } from '../testing/plans';
import { nativeProgram, squaredError, valuesBatch } from './testing';

// Run by threads.test.ts in a process of its own: a machine that hangs can only be ended from outside.
const [, , threads = '4', steps = '300'] = process.argv;

/** Many instructions with next to nothing to do: threads meet all the time. */
const entries: readonly Entry[] = [
  ['in', 'input', { shape: [3] }],
  ...Array.from({ length: 30 }, (_, i): Entry => [`d${i}`, 'dense', { units: 3, activation: 'relu' }]),
  ['out', 'output'],
];
const plan = planOf(entries);
const random = randomStream(1, 'test/stress');
const program = await nativeProgram(plan, squaredError(5), { threads: Number(threads) });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
for (let i = 0; i < Number(steps); i += 1) {
  program.step(valuesBatch(plan, 5, i), 1e-3);
  // Now and then threads go to sleep first.
  if (i % 50 === 49) await pause(random.below(200));
}
const reports = await program.read();
process.stdout.write(
  `${JSON.stringify({ backend: program.backend, steps: reports.length, loss: reports.at(-1)?.loss })}\n`,
);
program.dispose();
process.exit(0);
