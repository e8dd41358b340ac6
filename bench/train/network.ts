import type { Repeated } from './contender';
import type { Lane } from './lanes/lane';
import { type Effort, measure, type Outcome } from './measure';
import type { NetId } from './networks';
import type { Line } from './print';
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

async function openAll(starts: readonly Start[], task: Task, open: OpenLane): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  try {
    for (const start of starts) lanes.push(await open(start, task));
    const wrong = lanes.find(({ params }) => params !== task.plan.totals.trainable);
    if (!wrong) return lanes;
    throw new Error(
      `${task.net} has ${wrong.params} parameters on ${wrong.engine} and ${task.plan.totals.trainable} in the plan.`,
    );
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()));
    throw error;
  }
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
  const lanes = await openAll(starts, task, open);
  try {
    const outcomes = new Map<Repeated, readonly Outcome[]>();
    for (const what of wanted) outcomes.set(what, await measure(lanes, what, effort));
    const rowOf = (lane: Lane, what: Repeated): Row | string | null => {
      const outcome = outcomes.get(what)?.find((each) => each.lane === lane);
      if (!outcome) return null;
      if ('fault' in outcome) return outcome.fault;
      return { net, batch: task.batch, engine: lane.engine, where: lane.where, what, ...outcome.timing };
    };
    const lines = await Promise.all(
      lanes.map(async (lane): Promise<Line> => {
        const { engine, where, detail } = lane;
        return {
          engine,
          where,
          detail,
          step: rowOf(lane, 'step'),
          forward: rowOf(lane, 'forward'),
          bytes: await lane.peakBytes(),
        };
      }),
    );
    return {
      params: task.plan.totals.trainable,
      rows: lines
        .flatMap(({ step, forward }) => [step, forward])
        .filter((row) => row !== null && typeof row === 'object'),
      memory: lines.flatMap(({ engine, where, step, bytes }) =>
        bytes !== null && typeof step === 'object' && step !== null
          ? [{ net, batch: task.batch, engine, where, bytes }]
          : [],
      ),
      lines,
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}
