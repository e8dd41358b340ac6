import { channels } from '@/core/shape';
import { columnWidth, rowHeight } from '../factory';
import type { Template } from '../template';

/** Channels per unit of the narrow layer: r of the paper. */
const REDUCTION = 16;
/** Taken where the image that comes in is not known yet. */
const USUAL_CHANNELS = 64;

/**
 * Squeeze-and-excite: each channel's mean goes through two dense layers to a weight between 0 and 1, by which the
 * channel is multiplied. [batch, h, w, c] → same; 2c²/r weights and c/r + c biases.
 * Hu, Shen & Sun 2018, "Squeeze-and-excitation networks", §3.
 */
export const squeezeExcite: Template = {
  id: 'squeezeExcite',
  title: 'Squeeze-and-excite',
  summary: 'Weighs each channel of an image by what all of it shows: mean, two dense layers, product.',
  keywords: ['se', 'squeeze', 'excitation', 'channel attention', 'senet'],
  reference: 'Hu, Shen & Sun 2018, Squeeze-and-excitation networks, §3',
  fragment: (input) => {
    const count = input ? channels(input) : USUAL_CHANNELS;
    const column = [
      ['squeeze', 'globalAveragePool2d', {}],
      ['reduce', 'dense', { units: Math.max(1, Math.floor(count / REDUCTION)), activation: 'relu' }],
      ['excite', 'dense', { units: count, activation: 'sigmoid' }],
      ['gate', 'reshape', { shape: [1, 1, count] }],
      ['scale', 'multiply', {}],
    ] as const;
    const nodes = column.map(([id, type, params], row) => {
      const x = id === 'scale' ? 0 : columnWidth;
      return { id, type, version: 1, name: id, params, position: { x, y: row * rowHeight } };
    });
    const edges = nodes.slice(1).map(({ id }, i) => ({
      from: { node: nodes[i]!.id, port: 0 },
      // The image itself takes the product's first input.
      to: { node: id, port: id === 'scale' ? 1 : 0 },
    }));
    return {
      nodes,
      edges,
      entries: [
        { node: 'squeeze', port: 0 },
        { node: 'scale', port: 0 },
      ],
      exit: { node: 'scale', port: 0 },
    };
  },
};
