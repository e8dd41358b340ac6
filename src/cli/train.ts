import { existsSync, statSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { blocksTraining } from '@/compiler/fit';
import { compile } from '@/compiler/compile';
import type { Plan } from '@/compiler/plan';
import { findDataset } from '@/datasets/registry';
import type { DatasetDefinition } from '@/datasets/define';
import { nodeSurroundings } from '@/engine/backends/node';
import type { Evaluation } from '@/engine/program';
import { formatDocument } from '@/formats/documentFile';
import { emitModel } from '@/formats/tfjs/emit';
import type { LoomDocument } from '@/graph/document';
import { recipeSchema } from '@/recipe/recipe';
import { assembleRun } from '@/training/assemble';
import { noMemory } from '@/training/choiceMemory';
import { createControl } from '@/training/control';
import { plainFiles } from '@/training/fetchFile';
import type { BackendChoice, Checkpoint, RunInfo, TrainingEvent } from '@/training/protocol';
import { runTraining } from '@/training/run';
import { Exit, exitCode, unreadable } from './exit';
import { readInput, readStatic, userPath, writeFiles } from './files';
import { folderDataset } from './folderDataset';
import { createReporter } from './reporter';
import { RUN_FILE } from './runFile';
import { problemText } from './table';

export interface TrainOptions {
  readonly dataset?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly limit?: number;
  readonly seed?: number;
  readonly backend?: BackendChoice;
  readonly out?: string;
  readonly json?: boolean;
}

/** The document as the options change it; a dataset of the user's own stands in no document. */
function applied(document: LoomDocument, { epochs, batch, seed, dataset }: TrainOptions): LoomDocument {
  const recipe = recipeSchema.safeParse({
    ...document.recipe,
    ...(epochs !== undefined && { epochs }),
    ...(batch !== undefined && { batchSize: batch }),
  });
  if (!recipe.success) {
    const { path = [], message = '' } = recipe.error.issues[0] ?? {};
    const option = path[0] === 'batchSize' ? '--batch' : `--${String(path[0])}`;
    throw new Exit(exitCode.unreadable, `${option} can’t be so: ${message}.`);
  }
  return { ...document, seed: seed ?? document.seed, dataset: dataset ?? document.dataset, recipe: recipe.data };
}

async function chooseDataset(
  id: string | null,
): Promise<{ readonly dataset: DatasetDefinition; readonly own: boolean }> {
  if (id === null)
    throw new Exit(exitCode.errors, 'The document names no dataset to train on; give one with --dataset.');
  const known = findDataset(id);
  if (known) return { dataset: known, own: false };
  const path = userPath(id);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new Exit(exitCode.unreadable, `There is no dataset and no folder “${id}”.`);
  }
  const found = await folderDataset(path, id);
  if (!found.ok) throw unreadable(found.error);
  return { dataset: found.value, own: true };
}

function soundPlan(document: LoomDocument): Plan {
  const { plan, problems } = compile(document);
  const inTheWay = problems.filter((found) => found.severity === 'error' || blocksTraining(found));
  if (plan && inTheWay.length === 0) return plan;
  const nameOf = (id: string | null) => document.nodes.find((node) => node.id === id)?.name ?? id;
  throw new Exit(exitCode.errors, inTheWay.map((found) => problemText(found, nameOf(found.node))).join('\n'));
}

/** tfjs writes to the console, and greets whoever runs it in Node; stdout is for the numbers alone. */
function quietConsole(): void {
  const say = (...words: readonly unknown[]) => {
    const text = words.map(String).join(' ');
    if (!text.includes('looks like you are running TensorFlow.js in Node.js')) process.stderr.write(`${text}\n`);
  };
  Object.assign(console, { log: say, info: say, warn: say, debug: say });
}

type Ending = Extract<TrainingEvent, { readonly kind: 'finished' | 'diverged' | 'failed' }>;

async function writeRun(
  { document, plan, options }: { readonly document: LoomDocument; readonly plan: Plan; readonly options: TrainOptions },
  folder: string,
  ending: Exclude<Ending, { kind: 'failed' }>,
  info: RunInfo | null,
): Promise<void> {
  const { state, history }: Checkpoint = ending.checkpoint;
  const inputs = info?.inputs ?? null;
  const model = await emitModel({ document, plan, weights: state.weights, inputs });
  if (!model.ok) throw new Exit(exitCode.errors, model.error.message);
  const text = (value: string) => new TextEncoder().encode(value);
  const record = {
    reason: ending.kind === 'finished' ? ending.reason : 'diverged',
    seed: document.seed,
    dataset: options.dataset ?? document.dataset,
    limit: options.limit ?? null,
    recipe: document.recipe,
    backend: info?.backend ?? null,
    steps: state.step,
    test: ending.kind === 'finished' ? ending.test : null,
    epochs: history.epochs,
    losses: history.losses,
    inputs: inputs && { shift: Array.from(inputs.shift), factor: Array.from(inputs.factor) },
  };
  await writeFiles(userPath(folder), [
    { name: 'document.json', bytes: text(formatDocument(document)) },
    ...model.value,
    { name: RUN_FILE, bytes: text(`${JSON.stringify(record)}\n`) },
  ]);
  process.stderr.write(`Wrote the trained network to ${folder}.\n`);
}

const score = (test: Evaluation | null) => ({ loss: test?.loss ?? null, accuracy: test?.accuracy ?? null });

/** Trains a document; an interrupt ends it after the present step, a second one at once. */
export async function train(file: string, options: TrainOptions): Promise<number> {
  quietConsole();
  const read = applied(await readInput(file), options);
  const { dataset, own } = await chooseDataset(read.dataset);
  const document = own ? { ...read, dataset: null } : read;
  const plan = soundPlan(document);
  const deps = {
    ...assembleRun({ surroundings: nodeSurroundings, files: plainFiles(readStatic), times: noMemory }),
    findDataset: () => dataset,
    clock: () => performance.now(),
  };
  const control = createControl();
  let interruptedAt = -Infinity;
  const onInterrupt = () => {
    // A terminal sends the signal to npm as well, which hands it on: one keystroke arrives twice.
    if (performance.now() - interruptedAt < 500) return;
    interruptedAt = performance.now();
    process.stderr.write(control.wish === 'go' ? '\nStopping after this step …\n' : '\nStopping at once …\n');
    control.stop();
  };
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onInterrupt);
  const reporter = createReporter(options.json ?? false);
  const endings: Ending[] = [];
  let info: RunInfo | null = null;
  const job = {
    plan,
    recipe: document.recipe,
    seed: document.seed,
    dataset: dataset.id,
    backend: options.backend ?? 'wasm',
    ...(options.limit === undefined ? {} : { limit: options.limit }),
  };
  await runTraining(job, {
    ...deps,
    control,
    emit: (event) => {
      reporter.tell(event);
      if (event.kind === 'started') ({ info } = event);
      if (event.kind === 'finished' || event.kind === 'diverged' || event.kind === 'failed') endings.push(event);
    },
  });
  process.off('SIGINT', onInterrupt);
  process.off('SIGTERM', onInterrupt);
  const ending = endings.at(-1);
  if (!ending) throw new Exit(exitCode.unreadable, 'The run ended without a word.');
  if (ending.kind === 'failed') {
    const ofDocument = /^(run|recipe|fit|plan)\./.test(ending.problem.code);
    throw new Exit(ofDocument ? exitCode.errors : exitCode.unreadable, ending.problem.message);
  }
  if (options.out !== undefined)
    await writeRun({ document, plan, options }, options.out, ending, info);
  if (ending.kind === 'diverged') {
    const ways = (ending.problem.fixes ?? []).map(({ title }) => `\n    → ${title}`).join('');
    throw new Exit(exitCode.diverged, `${ending.problem.message}${ways}`);
  }
  const { test, msPerStep, checkpoint } = ending;
  reporter.done({ test: score(test), steps: checkpoint.state.step, msPerStep });
  return exitCode.done;
}
