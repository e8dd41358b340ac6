import { defineInitializer } from '../define';
import { gainParam } from '../shared/initializerParams';

/**
 * Passes on what comes in, times the gain: output i begins as input i, as far as both go.
 * Matrices [in, out]: ones on the diagonal, square or not, as in Keras.
 * Kernels [...window, in, out]: that matrix at the tap that lies on the output under `same` padding, zeros around it
 * (Dirac's delta). For odd windows it is the centre, as in PyTorch's `dirac_`; for even ones, where `dirac_` takes the
 * tap after the middle and moves the picture by one, it is the one before.
 * Vectors scale feature by feature: gain everywhere.
 */
export const identity = defineInitializer({
  type: 'identity',
  title: 'Identity',
  reference: 'Le, Jaitly & Hinton 2015, A simple way to initialize recurrent networks of rectified linear units',
  params: { gain: gainParam },
  // tfjs refuses all but square matrices.
  stock: ({ gain }, shapes) =>
    shapes.every((shape) => shape.length === 2 && shape[0] === shape[1])
      ? { className: 'Identity', config: { gain } }
      : { className: 'Zeros', config: {} },
  sample: (shape, _fans, _random, { gain }) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (shape.length < 2) return values.fill(gain);
    const [inputs = 0, outputs = 0] = shape.slice(-2);
    const tap = shape.slice(0, -2).reduce((index, size) => index * size + Math.floor((size - 1) / 2), 0);
    for (let i = 0; i < Math.min(inputs, outputs); i += 1) values[(tap * inputs + i) * outputs + i] = gain;
    return values;
  },
});
