import { ARITHMETIC_CASES } from './arithmeticCases';
import { CONVOLUTION_CASES } from './convolutionCases';
import { INDEXING_CASES } from './indexingCases';
import type { MendCase } from './mendCase';
import { POOLING_CASES } from './poolingCases';
import { SHAPE_CASES } from './shapeCases';

/** Everything that is mended, held to PyTorch by the tests in Node and in the browser. */
export const MEND_CASES: readonly MendCase[] = [
  ...CONVOLUTION_CASES,
  ...POOLING_CASES,
  ...ARITHMETIC_CASES,
  ...SHAPE_CASES,
  ...INDEXING_CASES,
];
