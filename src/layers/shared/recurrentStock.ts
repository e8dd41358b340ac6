import type { AnyParams } from '@/core/params';
import { err, ok, type Result } from '@/core/result';
import type { LowerContext, StockLayer } from '../define';
import { readActivation } from './activations';
import { type GateActivation, RECURRENT_INITIALIZER, type RecurrentParams, weightNames } from './recurrence';
import { readInitializer, refuseUnless } from './stock';

/** Merge modes of the stock Bidirectional. */
const mergeModes = { concat: 'concat', sum: 'sum', average: 'ave' } as const;

/** `SimpleRNN` is called `simple_rnn` within its wrapper. */
const innerName = (className: string) => className.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();

/**
 * A stock recurrent layer, wrapped in a Bidirectional for both directions.
 * @param extra settings that the layer has beside those of all.
 */
export function recurrentStock(
  className: string,
  p: RecurrentParams,
  context: LowerContext,
  extra: Readonly<Record<string, unknown>> = {},
): readonly StockLayer[] {
  const config = {
    units: p.units,
    activation: p.cellActivation,
    useBias: p.bias,
    kernelInitializer: context.initializer(p.initializer),
    recurrentInitializer: context.initializer(p.recurrentInitializer),
    biasInitializer: context.initializer('zeros'),
    returnSequences: p.returnSequences,
    goBackwards: p.direction === 'backward',
    ...extra,
  };
  const weights = weightNames(p);
  const names = weights.map(({ own }) => own);
  if (p.direction !== 'both') return [{ className, config, weights: names }];
  const name = innerName(className);
  const layer = { className, config: { name, trainable: true, ...config } };
  return [
    {
      className: 'Bidirectional',
      config: { layer, mergeMode: mergeModes[p.merge] },
      weights: names,
      weightPaths: Object.fromEntries(
        weights.map(({ prefix, name: within, own }) => [own, `${prefix}_${name}/${within}`]),
      ),
    },
  ];
}

/** What every recurrent layer reads of its config. */
type ReadRecurrent = Omit<RecurrentParams, 'merge'>;

const isConfig = (value: unknown): value is AnyParams => typeof value === 'object' && value !== null;

/** A stock recurrent layer's config as parameters. */
function readRecurrent(config: AnyParams): Result<ReadRecurrent> {
  const refusal = refuseUnless(config, {
    returnState: [false],
    stateful: [false],
    timeMajor: [false],
    dropout: [0],
    recurrentDropout: [0],
  });
  if (refusal) return err(refusal);
  if (typeof config.units !== 'number') return err('its number of units is missing');
  const activation = config.activation === undefined ? 'tanh' : readActivation(config.activation);
  if (activation !== 'tanh' && activation !== 'relu') {
    return err(`its activation is ${JSON.stringify(config.activation)}, which can’t be drawn (only "tanh" or "relu")`);
  }
  return ok({
    units: config.units,
    returnSequences: config.returnSequences === true,
    direction: config.goBackwards === true ? 'backward' : 'forward',
    cellActivation: activation,
    bias: config.useBias !== false,
    initializer: readInitializer(config.kernelInitializer, 'glorotUniform'),
    recurrentInitializer: readInitializer(config.recurrentInitializer, RECURRENT_INITIALIZER),
  });
}

/** The activation of gates, which Keras and tfjs take differently where a file leaves it out. */
export function readGate(config: AnyParams): Result<GateActivation> {
  if (config.recurrentActivation === undefined) {
    return err('its recurrent activation is missing: Keras takes the sigmoid then, tfjs the hard sigmoid');
  }
  const gate = readActivation(config.recurrentActivation);
  return gate === 'sigmoid' || gate === 'hardSigmoid'
    ? ok(gate)
    : err(
        `its recurrent activation is ${JSON.stringify(config.recurrentActivation)}, which can’t be drawn ` +
          '(only "sigmoid" or "hard_sigmoid")',
      );
}

type Read<P> = (config: AnyParams) => Result<Partial<P>>;

/** Reads the layer within a Bidirectional, which both directions must be. */
function readWrapped<P extends RecurrentParams>(config: AnyParams, read: Read<P>): Result<Partial<P>> {
  const inner = (wrapped: unknown) => (isConfig(wrapped) && isConfig(wrapped.config) ? wrapped.config : null);
  const layer = inner(config.layer);
  if (!layer) return err('the layer within it is missing');
  const forward = read(layer);
  if (!forward.ok) return forward;
  if (forward.value.direction === 'backward') return err('the layer within it goes backwards, which can’t be drawn');
  if (config.backwardLayer !== undefined && config.backwardLayer !== null) {
    const backward = read(inner(config.backwardLayer) ?? {});
    const turned = backward.ok ? { ...backward.value, direction: 'forward' } : null;
    if (JSON.stringify(turned) !== JSON.stringify(forward.value)) {
      return err('its backward layer is not like its forward layer, which can’t be drawn');
    }
  }
  const mode = config.mergeMode === undefined ? 'concat' : config.mergeMode;
  const merge = (['concat', 'sum', 'average'] as const).find((name) => mergeModes[name] === mode);
  if (!merge) {
    return err(`its mergeMode is ${JSON.stringify(mode)}, which can’t be drawn (only "concat", "sum" or "ave")`);
  }
  return ok({ ...forward.value, direction: 'both', merge });
}

/**
 * Readers of a stock recurrent layer, by itself and within a Bidirectional.
 * @param readMore what the layer has beside the parameters of all.
 */
export function recurrentReaders<P extends RecurrentParams>(
  className: string,
  readMore: (config: AnyParams) => Result<Partial<P>> = () => ok({}),
): Readonly<Record<string, Read<P>>> {
  const read: Read<P> = (config) => {
    const common = readRecurrent(config);
    if (!common.ok) return common;
    const more = readMore(config);
    return more.ok ? ok({ ...(common.value as Partial<P>), ...more.value }) : more;
  };
  return { [className]: read, [`Bidirectional(${className})`]: (config) => readWrapped(config, read) };
}
