import { formatShape } from '@/core/shape';
import { defineLayer, shaped, type LayerDefinition } from './define';

/**
 * What only hands its input on: a block's ports, and nodes that a block skips. They give shapes their places in the
 * drawing; no plan holds them, so nothing computes them and no file names them.
 */
const passage = (type: string, title: string, summary: string): LayerDefinition =>
  defineLayer({
    type,
    family: 'io',
    title,
    summary,
    params: {},
    role: 'passage',
    shape: ([input = []]) => shaped(input),
    lower: () => [],
    formula: ([input = []]) => [{ title: 'Passes through', lines: [[{ text: formatShape(input), input: true }]] }],
    macs: null,
    torch: () => ({ none: 'A block’s port is an argument or a result of its forward.' }),
    keras: () => ({ none: 'A block’s port is an argument or a result of its call.' }),
    cases: [],
  });

/** By type. */
export const passages: ReadonlyMap<string, LayerDefinition> = new Map(
  [
    passage('blockInput', 'Block input', 'Where a wire enters the block.'),
    passage('blockOutput', 'Block output', 'Where a wire leaves the block.'),
    passage('skipped', 'Skipped', 'Left out by its condition; what comes in goes on.'),
  ].map((definition) => [definition.type, definition]),
);
