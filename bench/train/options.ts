import { parseArgs } from 'node:util';
import { type NetId, netIds } from './networks';
import { type Engine, engines, places, type Where } from './rows';
import { UsageError } from './usageError';

const parts = ['step', 'forward', 'epoch', 'app'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  readonly engines: readonly Engine[];
  readonly nets: readonly NetId[];
  readonly places: readonly Where[];
  readonly parts: readonly Part[];
  readonly quick: boolean;
  readonly record: boolean;
}

export const usage = `npm run bench -- train [OPTION …]
  --only LIST    engines: ${engines.join(', ')}
  --net LIST     networks: ${netIds.join(', ')}
  --where LIST   ${places.join(', ')}; PyTorch runs beside either
  --what LIST    ${parts.join(', ')}; with --only or --net: step and forward alone, unless named
  --quick        few repetitions: to see that it works, not to quote
  --record       writes bench/results/train.json; takes a whole run without the options above`;

function listed<T extends string>(name: string, given: string | undefined, known: readonly T[]): readonly T[] | null {
  if (given === undefined) return null;
  return given.split(',').map((word) => {
    const found = known.find((each) => each === word.trim());
    if (found === undefined)
      throw new UsageError(`--${name}: there is no “${word.trim()}”; there are ${known.join(', ')}.`);
    return found;
  });
}

const filters = ['only', 'net', 'where', 'what'] as const;

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { only: text, net: text, where: text, what: text, quick: flag, record: flag, help: flag };
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** `null`: help is all that is wanted. Throws `UsageError`. */
export function parseOptions(args: readonly string[]): Options | null {
  const given = parsed(args);
  if (given.help) return null;
  const filter = filters.find((name) => given[name] !== undefined) ?? (given.quick ? 'quick' : null);
  if (given.record && filter) throw new UsageError(`A record is of a whole run: leave out --${filter} or --record.`);
  const narrowed = given.only !== undefined || given.net !== undefined;
  return {
    engines: listed('only', given.only, engines) ?? engines,
    nets: listed('net', given.net, netIds) ?? netIds,
    places: listed('where', given.where, places) ?? places,
    parts: listed('what', given.what, parts) ?? (narrowed ? ['step', 'forward'] : parts),
    quick: given.quick,
    record: given.record,
  };
}
