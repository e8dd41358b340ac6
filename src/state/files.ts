import { err, ok, type Result } from '@/core/result';
import { problem, type Problem } from '@/core/problem';
import type { Plan } from '@/compiler/plan';
import type { ExportSource, FormatDefinition, Weights } from '@/formats/define';
import { openFiles } from '@/formats/open';
import { compilationOf } from './compilation';
import type { Desk } from './desk';
import { openDocument } from './desktop';
import { jobFor } from './training';

/** Largest file that is read at all. */
const largest = 1024 * 2 ** 20;

/** Opens the files that the user chose or dropped together; what can't be read changes nothing. */
export async function openChosen(desk: Desk, files: readonly File[]): Promise<void> {
  const [first] = files;
  if (!first) return;
  const tooLarge = files.find(({ size }) => size > largest);
  if (tooLarge) {
    return desk.services.notify(`${tooLarge.name} has ${(tooLarge.size / 2 ** 20).toFixed(0)} MiB; files up to 1,024 MiB are read.`);
  }
  let named;
  try {
    named = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
  } catch {
    return desk.services.notify(`${first.name} can’t be read: it was moved or changed meanwhile, or is a folder.`);
  }
  const opened = openFiles(named);
  if (!opened.ok) return desk.services.notify(opened.error.message);
  const { document, weights, notes, needsLayout } = opened.value;
  await openDocument(desk, document, { layout: needsLayout });
  const kept = weights ? takeWeights(desk, weights) : null;
  for (const note of [...notes, ...(kept ? [kept] : [])]) desk.services.notify(note);
}

/** Puts weights that came with a network on the desk, to be exported again or trained further; says why if not. */
function takeWeights({ documents, run }: Desk, weights: Weights): string | null {
  const { document } = documents.getState();
  const job = jobFor(document, compilationOf(document));
  if (!job.ok) return 'Its weights were left out, since the network has problems; mend them and open it again.';
  if (!fits(job.value.plan, weights)) return 'Its weights were left out: they belong to another network.';
  run.getState().bringBack({
    job: job.value,
    status: 'paused',
    info: null,
    validation: null,
    test: null,
    problem: null,
    checkpoint: { state: { step: 0, weights, slots: {} }, history: { losses: [], accuracies: [], epochs: [] } },
  });
  return null;
}

/** Whether there is a value for every weight of a plan. */
function fits(plan: Plan, weights: Weights): boolean {
  return plan.layers.every((layer) =>
    layer.weights.every(({ key, shape }) => weights[key]?.length === shape.reduce((product, size) => product * size, 1)),
  );
}

/** What an export draws on: the drawing as it is, with what the run has learnt. */
export function exportSource({ documents, run }: Desk, format: FormatDefinition): Result<ExportSource, Problem> {
  const { document } = documents.getState();
  const { plan } = compilationOf(document);
  const { checkpoint, info } = run.getState();
  const weights = checkpoint?.state.weights ?? null;
  if (format.needs === 'document' || !weights || !plan) return ok({ document, plan, weights: null });
  if (fits(plan, weights)) return ok({ document, plan, weights, inputs: info?.inputs ?? null });
  return err(
    problem(
      'export.changed',
      'The network has changed since it was trained, so its weights no longer fit. Undo the changes or train again; the drawing can be exported as it is.',
    ),
  );
}
