/** Families order the palette; their hue and icon belong to the screen. */
export const families = [
  { id: 'io', title: 'Input and output' },
  { id: 'convolution', title: 'Convolution' },
  { id: 'pooling', title: 'Pooling' },
  { id: 'normalisation', title: 'Normalisation' },
  { id: 'activation', title: 'Activation' },
  { id: 'dense', title: 'Dense' },
  { id: 'sequence', title: 'Sequence' },
  { id: 'merge', title: 'Merge' },
  { id: 'shape', title: 'Shape' },
  { id: 'regularisation', title: 'Regularisation' },
] as const;

export type Family = (typeof families)[number]['id'];
