import { compile } from '@/compiler/compile';
import type { InputTransform, Weights } from '@/formats/define';
import { openFiles } from '@/formats/open';
import { formats } from '@/formats/registry';
import { Exit, exitCode, unreadable } from './exit';
import { readFolder, readInput, userPath, writeBytes } from './files';
import { readRunInputs, RUN_FILE } from './runFile';
import { problemText } from './table';

export interface ExportOptions {
  readonly to: string;
  readonly out: string;
  readonly weights?: string;
}

/** What `train --out` left in a folder: the weights, and what the inputs went through. */
async function readTrained(
  folder: string,
): Promise<{ readonly weights: Weights; readonly inputs: InputTransform | null }> {
  const files = await readFolder(userPath(folder), (name) => /\.(json|bin)$/.test(name));
  const model = files.filter(({ name }) => name !== RUN_FILE && name !== 'document.json');
  if (!model.some(({ name }) => name === 'model.json')) {
    throw new Exit(exitCode.unreadable, `${folder} holds no model.json; give the folder that “train --out” wrote.`);
  }
  const opened = openFiles(model);
  if (!opened.ok) throw unreadable(opened.error);
  if (!opened.value.weights) throw new Exit(exitCode.unreadable, `${folder} holds no weights.`);
  return { weights: opened.value.weights, inputs: readRunInputs(files.find(({ name }) => name === RUN_FILE)) };
}

/** A document, with trained weights where they are given, as a file of another format. */
export async function exportFile(file: string, { to, out, weights: folder }: ExportOptions): Promise<number> {
  const format = formats.get(to);
  if (!format) {
    const known = [...formats.keys()].join(', ');
    throw new Exit(exitCode.unreadable, `There is no format “${to}”; there are ${known}.`);
  }
  const document = await readInput(file);
  const { plan, problems } = compile(document);
  if (!plan && format.needs === 'plan') {
    const errors = problems.filter(({ severity }) => severity === 'error');
    throw new Exit(exitCode.errors, errors.map((found) => problemText(found, found.node)).join('\n'));
  }
  const trained = folder === undefined ? null : await readTrained(folder);
  const emitted = await format.emit({ document, plan, weights: trained?.weights ?? null, inputs: trained?.inputs ?? null });
  if (!emitted.ok) throw new Exit(exitCode.errors, emitted.error.message);
  await writeBytes(userPath(out), emitted.value);
  const untrained = format.needs === 'plan' && !trained ? ', without trained weights (--weights DIR adds them)' : '';
  process.stderr.write(`Wrote ${out}: ${emitted.value.length.toLocaleString('en')} bytes${untrained}.\n`);
  return exitCode.done;
}
