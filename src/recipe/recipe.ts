import { z } from 'zod';

const typed = z.object({ type: z.string().min(1), params: z.record(z.string(), z.unknown()).default({}) });

/**
 * How a network is trained. Part of the document. Names of optimizers, losses and schedules are looked up in the
 * registry when it is used, so that a document of a newer version still opens.
 */
export const recipeSchema = z.object({
  optimizer: typed,
  learningRate: z.number().positive().max(1e6),
  loss: z.string().min(1),
  batchSize: z.int().min(1).max(65536),
  epochs: z.int().min(1).max(100_000),
  /** Share of the training examples set aside for validation, drawn by the seed. */
  validation: z.number().min(0).max(0.9),
  /** A new order every epoch. */
  shuffle: z.boolean(),
  /** Inputs as stored, brought to the natural range (bytes to 0 … 1), or to zero mean and unit variance per feature or channel. */
  inputs: z.enum(['raw', 'unit', 'standardised']),
  schedule: typed.default({ type: 'constant', params: {} }),
  /** λ of ½λ‖θ‖² on kernels; biases and batch norm's γ and β are left out. */
  weightDecay: z.number().min(0).default(0),
  /** Largest norm of all gradients together; `null` for no clipping. */
  clipNorm: z.number().positive().nullable().default(null),
  augmentation: z.array(typed).default([]),
});

export type Recipe = z.infer<typeof recipeSchema>;

export const defaultRecipe: Recipe = {
  optimizer: { type: 'adam', params: {} },
  learningRate: 0.001,
  loss: 'crossEntropy',
  batchSize: 64,
  epochs: 5,
  validation: 0.1,
  shuffle: true,
  inputs: 'unit',
  schedule: { type: 'constant', params: {} },
  weightDecay: 0,
  clipNorm: null,
  augmentation: [],
};
