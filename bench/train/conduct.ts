import { loadavg } from 'node:os';
import { measureApp } from './app';
import { changesOf } from './compare';
import { type Effort, full, quick } from './effort';
import { measureEpochs } from './epoch';
import { openBrowserLane, serveBenchPage, type Site } from './lanes/browser';
import { openNodeLane, openTorchLane } from './lanes/node';
import { findPython } from './lanes/python';
import { tried } from './measure';
import { type Findings, measureNetwork, type OpenLane, type Start } from './network';
import { type Options, parseOptions, usage } from './options';
import { faultsOf, printApp, printChanges, printEpochs, printMemory, printNetwork, printRatios } from './print';
import { holds, ratiosOf } from './ratios';
import { lastResults, type Results, thisMachine, today, writeResults } from './record';
import { type Engine, engines, places, type Row, type Where } from './rows';
import { UsageError } from './usageError';

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

/** What the options leave to be done, and with what. */
interface Means {
  readonly options: Options;
  readonly effort: Effort;
  readonly python: string | null;
  /** Where benchmark pages are served; `null` where nothing runs in a browser. */
  readonly site: Site | null;
}

async function measureNetworks({ options, effort, python, site }: Means): Promise<readonly Findings[]> {
  const repeated = options.parts.filter((part) => part === 'step' || part === 'forward');
  if (repeated.length === 0) return [];
  const starts = startsOf(options, python);
  const open: OpenLane = ({ engine, where }, task) => {
    if (isTorch(engine)) return openTorchLane(python ?? '', engine, task);
    return where === 'browser' && site ? openBrowserLane(site, engine, task) : openNodeLane(engine, task);
  };
  const findings: Findings[] = [];
  for (const net of options.nets) {
    const found = await measureNetwork(net, starts, repeated, effort, open);
    printNetwork(net, found.params, found.lines);
    findings.push(found);
  }
  return findings;
}

async function measureEpochsOf({ options, effort, python, site }: Means): Promise<readonly Row[]> {
  if (!options.parts.includes('epoch') || !options.nets.includes('lenet-5')) return [];
  const ours = options.engines.includes('ours') ? site : null;
  const rows = await measureEpochs(ours, options.engines.includes('torch-1') ? python : null, effort.epochs);
  printEpochs(rows);
  return rows;
}

function pythonFor({ engines: wanted, record }: Options): string | null {
  if (!wanted.some(isTorch)) return null;
  const python = findPython();
  if (python !== null) return python;
  const missing = 'No PyTorch: no python3 here imports torch and numpy. LOOM_PYTHON may name one that does.';
  if (record) throw new UsageError(`${missing} A record without it could be compared with nothing.`);
  console.log(missing);
  return null;
}

interface Measured {
  readonly results: Results;
  /** What ours failed at. */
  readonly faults: readonly string[];
}

async function measureAll(options: Options): Promise<Measured> {
  const effort = options.quick ? quick : full;
  const python = pythonFor(options);
  const inBrowser = options.places.includes('browser') && options.engines.some((engine) => !isTorch(engine));
  const site = inBrowser && options.parts.some((part) => part !== 'app') ? await serveBenchPage() : null;
  try {
    const means: Means = { options, effort, python, site };
    const findings = await measureNetworks(means);
    const epochs = await tried(() => measureEpochsOf(means));
    const app = await tried(async () => (options.parts.includes('app') ? measureApp(effort) : null));
    const ours = findings.flatMap(({ lines }) => lines).filter(({ engine }) => engine.startsWith('ours'));
    return {
      results: {
        machine: thisMachine(),
        date: today(),
        rows: [...findings.flatMap(({ rows }) => rows), ...('value' in epochs ? epochs.value : [])],
        memory: findings.flatMap(({ memory }) => memory),
        app: 'value' in app ? app.value : null,
      },
      faults: [
        ...ours.flatMap((line) => faultsOf(line).map((fault) => `${line.engine}, ${line.where}: ${fault}`)),
        ...('fault' in epochs ? [`The epoch: ${epochs.fault}`] : []),
        ...('fault' in app ? [`The app: ${app.fault}`] : []),
      ],
    };
  } finally {
    await site?.close();
  }
}

/** True where all bars hold, nothing failed and nothing got slower. */
async function run(options: Options): Promise<boolean> {
  const before = lastResults();
  console.log(`${thisMachine()}${options.quick ? '; quick: few repetitions' : ''}`);
  const [load = 0] = loadavg();
  // Half a core's worth of others' work is seen in what runs on all threads.
  if (load > 0.5) console.log(`Others are at work here: the load was ${load.toFixed(1)} in the last minute.`);
  const { results, faults } = await measureAll(options);
  if (results.app) printApp(results.app, before?.app ?? null);
  const ratios = ratiosOf(results.rows);
  printRatios(ratios);
  const changes = before ? changesOf(results.rows, before.rows) : [];
  if (before) {
    printChanges(before.date, before.machine, changes);
    printMemory(results.memory, before.memory);
  }
  if (faults.length > 0)
    console.log(`\nFailed${options.record ? ', so nothing is recorded' : ''}\n  ${faults.join('\n  ')}`);
  else if (options.record) console.log(`\nWrote ${writeResults(results)}`);
  return faults.length === 0 && ratios.every(holds) && !changes.some(({ regressed }) => regressed);
}

/** Exit code: 0 all bars hold and nothing got slower, 1 not so, 2 it could not be asked like this. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (!options) console.log(usage);
    return options === null || (await run(options)) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    return 2;
  }
}
