import { changesOf } from './compare';
import { openNodeLane, openTorchLane } from './lanes/node';
import { findPython } from './lanes/python';
import { efforts } from './measure';
import { type Findings, measureNetwork, type OpenLane, type Start } from './network';
import { type Options, parseOptions, UsageError } from './options';
import { printChanges, printMemory, printNetwork, printRatios } from './print';
import { holds, ratiosOf } from './ratios';
import { lastResults, type Results, thisMachine, today, writeResults } from './record';
import { type Engine, engines, places, type Where } from './rows';

const isTorch = (engine: Engine) => engine.startsWith('torch-');

/** Stock tfjs has no graphics in Node; PyTorch runs once, beside either. */
const runsIn = (engine: Engine, where: Where): boolean =>
  where === 'browser' ? !isTorch(engine) : engine !== 'tfjs-webgl';

function startsOf(options: Options, python: string | null): readonly Start[] {
  return places.flatMap((where) =>
    engines
      .filter((engine) => options.engines.includes(engine))
      .filter((engine) => runsIn(engine, where))
      .filter((engine) => (isTorch(engine) ? python !== null : options.places.includes(where)))
      .map((engine) => ({ engine, where })),
  );
}

async function run(options: Options): Promise<boolean> {
  const before = lastResults();
  const python = options.engines.some(isTorch) ? findPython() : null;
  if (options.engines.some(isTorch) && python === null) {
    console.log('No PyTorch: no python3 here imports torch and numpy. LOOM_PYTHON may name one that does.');
  }
  const starts = startsOf(options, python);
  const open: OpenLane = ({ engine }, task) =>
    isTorch(engine) ? openTorchLane(python ?? '', engine, task) : openNodeLane(engine, task);
  const repeated = options.parts.filter((part) => part === 'step' || part === 'forward');
  const effort = options.quick ? efforts.quick : efforts.full;

  console.log(`${thisMachine()}${options.quick ? '; quick: few repetitions' : ''}`);
  const findings: Findings[] = [];
  for (const net of repeated.length > 0 ? options.nets : []) {
    const found = await measureNetwork(net, starts, repeated, effort, open);
    printNetwork(net, found.params, found.lines);
    findings.push(found);
  }
  const results: Results = {
    machine: thisMachine(),
    date: today(),
    rows: findings.flatMap(({ rows }) => rows),
    memory: findings.flatMap(({ memory }) => memory),
    app: null,
  };
  const ratios = ratiosOf(results.rows);
  printRatios(ratios);
  const changes = before ? changesOf(results.rows, before.rows) : [];
  if (before) {
    printChanges(before.date, before.machine, changes);
    printMemory(results.memory, before.memory);
  }
  if (options.record) console.log(`\nWrote ${writeResults(results)}`);
  return ratios.every(holds) && !changes.some(({ regressed }) => regressed);
}

/** Exit code: 0 all bars hold and nothing got slower, 1 not so, 2 it could not be asked like this. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return (await run(parseOptions(args))) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}
