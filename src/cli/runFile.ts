import type { InputTransform } from '@/formats/define';
import { isObject, parseJson } from '@/formats/reading/json';
import type { NamedFile } from '@/formats/reading/namedFile';

/** Beside the model in what `train --out` writes: curves, scores, and what inputs went through. */
export const RUN_FILE = 'run.json';

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number');

/** The input transform of a run file; `null` where there is none that can be read. */
export function readRunInputs(file: NamedFile | undefined): InputTransform | null {
  const json = file && parseJson(file.bytes, file.name);
  const inputs = json?.ok && isObject(json.value) ? json.value.inputs : null;
  if (!isObject(inputs) || !isNumbers(inputs.shift) || !isNumbers(inputs.factor)) return null;
  return { shift: inputs.shift, factor: inputs.factor };
}
