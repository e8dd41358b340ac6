import { err, ok } from '@/core/result';
import { defineDataset, type Split } from '../define';
import { cancelled } from '../readers/files';

/** (°C, chirps a minute), as the course prints them. */
const PAIRS = [
  [20, 88.6],
  [19.8, 93.3],
  [18.4, 84.3],
  [17.1, 80.6],
  [15.5, 75.2],
  [17.1, 82],
  [15.4, 69.4],
  [16.2, 83.3],
  [15, 79.6],
  [17.2, 82.6],
  [16, 80.6],
  [17, 83.5],
  [14.4, 76.3],
] as const;

/**
 * How often a cricket chirps, by temperature; the course's example of linear regression.
 * All pairs train: thirteen are too few to hold any back, and the line is judged by its fit, so there is no test score.
 */
export const cricket = defineDataset({
  id: 'cricket',
  title: 'Cricket chirps',
  summary: 'Thirteen pairs of temperature and chirps, for linear regression; nothing is held back for testing.',
  input: [1],
  features: ['°C'],
  task: { kind: 'values', names: ['chirps a minute'] },
  counts: { train: PAIRS.length, test: 0 },
  scale: 1,
  bytes: 0,
  licence: 'Thirteen published measurements; no licence stated',
  origin:
    'Course data, read as (°C, chirps). The same numbers circulate after G. W. Pierce, "The Songs of Insects", 1948, ' +
    'the other way round: chirps first, then °F',
  load: async ({ signal, onProgress }) => {
    if (signal?.aborted) return err(cancelled());
    const train: Split = {
      count: PAIRS.length,
      inputs: Float32Array.from(PAIRS, ([celsius]) => celsius),
      targets: Float32Array.from(PAIRS, ([, chirps]) => chirps),
    };
    const test: Split = { count: 0, inputs: new Float32Array(0), targets: new Float32Array(0) };
    onProgress?.(1);
    return ok({ train, test });
  },
});
