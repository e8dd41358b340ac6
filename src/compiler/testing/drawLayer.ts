import { defaults, parseParams, type AnyParams } from '@/core/params';
import type { RandomStream } from '@/core/random';
import { elements, type Shape } from '@/core/shape';
import type { LayerDefinition } from '@/layers/define';
import { chance, drawParams, pick } from './drawParams';

/** A layer's parameters on input shapes that it takes. */
export interface DrawnLayer {
  readonly params: AnyParams;
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
}

/** Bounds for one drawn layer: small ones prove the same. */
const MOST = { elements: 800, weights: 500, macs: 50_000 };

/** The shape rule's answer where it has no error and the layer is small. */
function accepted(definition: LayerDefinition, params: AnyParams, inputs: readonly Shape[]): DrawnLayer | null {
  const { shapes, problems } = definition.shape(inputs, params);
  if (!shapes || problems.some(({ severity }) => severity === 'error')) return null;
  const sum = (list: readonly Shape[]) => list.reduce((total, shape) => total + elements(shape), 0);
  const weights = Object.values(definition.weights(inputs, params)).map(({ shape }): Shape => [null, ...shape]);
  if (sum([...inputs, ...shapes]) > MOST.elements || sum(weights) > MOST.weights) return null;
  return definition.macs(inputs, shapes, params) > MOST.macs ? null : { params, inputs, outputs: shapes };
}

/** Follows the fixes that the shape rule offers, as a user would, until it accepts. */
function mended(
  definition: LayerDefinition,
  drawn: AnyParams,
  inputs: readonly Shape[],
  random: RandomStream,
): DrawnLayer | null {
  let params = drawn;
  for (let tries = 0; tries < 4; tries += 1) {
    if (!parseParams(definition.params, params).ok) return null;
    const { shapes, problems } = definition.shape(inputs, params);
    if (shapes) return accepted(definition, params, inputs);
    const fixes = problems.flatMap((found) => found.fixes ?? []);
    if (fixes.length === 0) return null;
    params = { ...params, ...pick(random, fixes).params };
  }
  return null;
}

/** Random valid parameters for given inputs; `null` where a number of tries found none. */
export function drawParamsFor(
  definition: LayerDefinition,
  inputs: readonly Shape[],
  random: RandomStream,
  tries = 8,
): DrawnLayer | null {
  const bases = [defaults(definition.params), ...definition.cases.map((it) => withDefaults(definition, it.params))];
  for (let i = 0; i < tries; i += 1) {
    const base = chance(random, 0.5) ? bases[0]! : pick(random, bases);
    const params = drawParams(definition.params, base, inputs, random, 0.7);
    const found = mended(definition, params, inputs, random);
    if (found) return found;
  }
  return null;
}

export const withDefaults = (definition: LayerDefinition, params: AnyParams = {}): AnyParams => ({
  ...defaults(definition.params),
  ...params,
});

/** A small shape of one to four axes beside the batch, channels last. */
export function drawShape(random: RandomStream, rank = 1 + random.below(4)): Shape {
  const largest = [12, 9, 7, 4][rank - 1] ?? 3;
  const spatial = Array.from({ length: rank - 1 }, () => 1 + random.below(largest));
  return [null, ...spatial, pick(random, [1, 2, 3, 4, 4, 6, 6, 8, 9])];
}

/** Another shape beside one: the same, or another size along an axis, or without relation. */
function drawBeside(shape: Shape, random: RandomStream): Shape {
  const kind = random.below(4);
  if (kind < 2) return shape;
  if (kind === 3) return drawShape(random);
  const axis = 1 + random.below(Math.max(1, shape.length - 1));
  return shape.map((size, i) => (i === axis ? 1 + random.below(6) : size));
}

/** How many inputs a drawn layer has: its ports, or of those that join any number a few. */
export function drawArity({ inputs }: LayerDefinition, random: RandomStream): number {
  if (inputs.kind === 'fixed') return inputs.names.length;
  return Math.min(inputs.max ?? Infinity, inputs.min + random.below(3));
}

/** A case's shapes with its sizes exchanged: sizes that are equal stay equal, so what they mean to each other stays. */
function drawLike(shapes: readonly Shape[], random: RandomStream): readonly Shape[] {
  const exchanged = new Map<number, number>();
  const exchange = (size: number) => {
    const known = exchanged.get(size);
    if (known !== undefined) return known;
    const drawn = size <= 12 && chance(random, 0.5) ? size : pick(random, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    exchanged.set(size, drawn);
    return drawn;
  };
  return shapes.map((shape) => shape.map((size) => (size === null ? null : exchange(size))));
}

function drawInputs(definition: LayerDefinition, random: RandomStream): readonly Shape[] {
  if (definition.cases.length > 0 && chance(random, 0.5)) return drawLike(pick(random, definition.cases).in, random);
  const first = drawShape(random);
  return Array.from({ length: drawArity(definition, random) }, (_, i) => (i === 0 ? first : drawBeside(first, random)));
}

/** A layer on small random inputs with small random parameters that it takes without an error. */
export function drawLayer(definition: LayerDefinition, random: RandomStream): DrawnLayer | null {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = drawParamsFor(definition, drawInputs(definition, random), random, 1);
    if (found) return found;
  }
  return null;
}

/** What a drawn layer shows: which value each switch has, sizes alike or not, padding's kind, its input's rank. */
function traits(definition: LayerDefinition, { params, inputs }: DrawnLayer): readonly string[] {
  const ofParams = Object.entries(definition.params).map(([name, param]) => {
    const value = params[name];
    switch (param.kind) {
      case 'int':
      case 'float':
      case 'sizes':
        return `${name} ${JSON.stringify(value) === JSON.stringify(param.default) ? 'default' : 'other'}`;
      case 'axes': {
        const sizes = value as readonly number[];
        const alike = sizes.every((size) => size === sizes[0]);
        return `${name} ${alike ? (sizes[0] === (param.min ?? 0) ? 'least' : 'alike') : 'unequal'}`;
      }
      case 'padding':
        return `${name} ${typeof value === 'string' ? value : 'numbers'}`;
      default:
        return `${name} ${JSON.stringify(value)}`;
    }
  });
  return [...ofParams, `rank ${inputs[0]?.length ?? 0}`];
}

/** Draws from which the most varied are taken. */
const CANDIDATES = 60;
const FEWEST = 4;
const MOST_DRAWN = 24;

interface Variety {
  readonly least?: number;
  readonly most?: number;
  readonly fits?: (it: DrawnLayer) => boolean;
}

/** Different drawn layers: as many of those drawn as show something that the ones before do not, at least a few. */
export function drawVariety(
  definition: LayerDefinition,
  random: RandomStream,
  { least = FEWEST, most = MOST_DRAWN, fits = () => true }: Variety = {},
): readonly DrawnLayer[] {
  const seen = new Set<string>();
  const drawn = Array.from({ length: CANDIDATES }, () => drawLayer(definition, random));
  const fitting = drawn.filter((it) => it !== null).filter(fits);
  const candidates = [...new Map(fitting.map((it) => [JSON.stringify([it.params, it.inputs]), it])).values()];
  const taken: DrawnLayer[] = [];
  while (taken.length < most && candidates.length > 0) {
    const news = candidates.map((it) => traits(definition, it).filter((trait) => !seen.has(trait)).length);
    const best = news.indexOf(Math.max(...news));
    const found = candidates[best];
    if (!found || (news[best] === 0 && taken.length >= least)) break;
    traits(definition, found).forEach((trait) => seen.add(trait));
    taken.push(found);
    candidates.splice(best, 1);
  }
  return taken;
}
