import type { Repeated } from './contender';
import type { Effort } from './effort';
import type { Lane } from './lanes/lane';
import { measure, type Outcome, tried } from './measure';
import type { NetId } from './networks';
import { type Entry, isRow, type Line } from './print';
import type { Memory } from './record';
import type { Engine, Row, Where } from './rows';
import { type Task, taskOf } from './task';

/** Who is to compute where. */
export interface Start {
  readonly engine: Engine;
  readonly where: Where;
}

export type OpenLane = (start: Start, task: Task) => Promise<Lane>;

/** All that was measured of one network. */
export interface Findings {
  readonly params: number;
  readonly rows: readonly Row[];
  readonly memory: readonly Memory[];
  readonly lines: readonly Line[];
}

/** A lane, or why there is none. */
type Opening = { readonly start: Start } & ({ readonly value: Lane } | { readonly fault: string });

async function opened(start: Start, task: Task, open: OpenLane): Promise<Opening> {
  const lane = await tried(() => open(start, task));
  if ('fault' in lane) return { start, ...lane };
  const { params } = lane.value;
  const { trainable } = task.plan.totals;
  if (params === trainable) return { start, ...lane };
  await lane.value.close();
  return { start, fault: `it has ${params} parameters, the plan ${trainable}` };
}

/** Measures a network on all lanes side by side: steps, then inference. */
export async function measureNetwork(
  net: NetId,
  starts: readonly Start[],
  wanted: readonly Repeated[],
  effort: Effort,
  open: OpenLane,
): Promise<Findings> {
  const task = taskOf(net);
  const openings: Opening[] = [];
  for (const start of starts) openings.push(await opened(start, task, open));
  const lanes = openings.flatMap((opening) => ('value' in opening ? [opening.value] : []));
  try {
    const outcomes = new Map<Repeated, ReadonlyMap<Lane, Outcome>>();
    for (const what of wanted) outcomes.set(what, await measure(lanes, what, effort));
    const entryOf = (lane: Lane, what: Repeated): Entry => {
      const outcome = outcomes.get(what)?.get(lane);
      if (!outcome) return null;
      if ('fault' in outcome) return outcome;
      return { net, batch: task.batch, engine: lane.engine, where: lane.where, what, ...outcome.timing };
    };
    const lineOf = async (opening: Opening): Promise<Line> => {
      if ('fault' in opening) return { ...opening.start, detail: '', step: opening, forward: null, bytes: null };
      const { value: lane, start } = opening;
      const bytes = await lane.peakBytes();
      return { ...start, detail: lane.detail, step: entryOf(lane, 'step'), forward: entryOf(lane, 'forward'), bytes };
    };
    const lines = await Promise.all(openings.map(lineOf));
    return {
      params: task.plan.totals.trainable,
      rows: lines.flatMap(({ step, forward }) => [step, forward]).filter(isRow),
      memory: lines.flatMap(({ engine, where, step, bytes }) =>
        bytes !== null && isRow(step) ? [{ net, batch: task.batch, engine, where, bytes }] : [],
      ),
      lines,
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}
