import { problem, type Problem } from '@/core/problem';
import { baseName, type Bundle } from './reading/bundle';
import { isObject } from './reading/json';

const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** What a file is by its first bytes, and the way from there to one that opens. */
const signatures: readonly { readonly is: (bytes: Uint8Array) => boolean; readonly message: string }[] = [
  {
    is: (bytes) => bytes[0] === 0x89 && ascii(bytes, 1, 4) === 'HDF',
    message:
      'is a Keras file in HDF5. Convert it with `tensorflowjs_converter --input_format keras`, or save ' +
      '`model.to_json()`, and drop what comes out.',
  },
  { is: (bytes) => bytes[0] === 0x89 && ascii(bytes, 1, 4) === 'PNG', message: 'is a picture (PNG), not a network.' },
  { is: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8, message: 'is a picture (JPEG), not a network.' },
  { is: (bytes) => ascii(bytes, 0, 5) === '%PDF-', message: 'is a PDF, not a network.' },
  {
    is: (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b,
    message: 'is a gzip archive; unpack it and drop what is in it.',
  },
  { is: (bytes) => ascii(bytes, 0, 6) === '\x93NUMPY', message: 'is a NumPy array, not a network.' },
  {
    is: (bytes) => bytes[0] === 0x80 && bytes[1] !== undefined && bytes[1] >= 2 && bytes[1] <= 5,
    message: 'is a Python pickle, as PyTorch saves them; those hold no layers to draw.',
  },
  {
    is: (bytes) => bytes[0] === 0x08 && bytes.length > 8 && bytes[1]! < 16 && bytes[2] === 0x12,
    message: 'looks like an ONNX model; those are not read yet.',
  },
];

const readable =
  'Layerloom documents (.json), tfjs models (.zip, or model.json with its .bin files) and Keras models as JSON ' +
  'are read.';

/** Why files that no format takes can't be opened: what they are instead, as far as that can be told. */
export function foreignProblem({ name, files, json, problems }: Bundle): Problem {
  if (problems[0]) return problems[0];
  if (files.length === 0) return problem('files.empty', `${name} is an empty archive.`);
  const names = files.map((file) => baseName(file.name));
  if (names.includes('data.pkl')) {
    return problem('files.foreign', `${name} is a PyTorch file; those hold weights but no layers to draw. ${readable}`);
  }
  for (const file of files.length === 1 ? files : []) {
    if (file.bytes.length === 0) return problem('files.empty', `${name} is empty.`);
    const known = signatures.find(({ is }) => is(file.bytes));
    if (known) return problem('files.foreign', `${name} ${known.message}`);
  }
  const [value] = json.values();
  if (isObject(value)) {
    if (value.format === 'graph-model' || (isObject(value.modelTopology) && Array.isArray(value.modelTopology.node))) {
      return problem(
        'files.foreign',
        `${name} is a tfjs graph model: single operations are left of it, no layers. Convert it again from ` +
          `Keras with \`--output_format tfjs_layers_model\`.`,
      );
    }
    const keys = Object.keys(value)
      .slice(0, 5)
      .map((key) => key.slice(0, 30));
    const has = keys.length > 0 ? `has ${keys.join(', ')}` : 'is empty';
    return problem('files.foreign', `${name} is JSON, but no network: it ${has}. ${readable}`);
  }
  if (json.size > 0) return problem('files.foreign', `${name} is JSON, but no network. ${readable}`);
  if (names.every((each) => each.endsWith('.bin'))) {
    return problem(
      'files.foreign',
      `${name} ${files.length === 1 ? 'holds' : 'hold'} weights without their model.json; drop both together.`,
    );
  }
  return problem(
    'files.foreign',
    `${name} ${files.length === 1 ? 'is' : 'are'} nothing that can be opened. ${readable}`,
  );
}
