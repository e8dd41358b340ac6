/** The documents in `presets/`, as their files have them; ids are file names, so that a new one is found by itself. */
const files = import.meta.glob<unknown>('/presets/*.json', { eager: true, import: 'default' });

/** In the order in which the course meets them; what is not named here comes after, by id. */
const courseOrder = [
  'linear-regression',
  'softmax-regression',
  'mlp-rings',
  'lenet-5',
  'vgg-small',
  'inception-small',
  'resnet-small',
];

const place = (id: string): number => {
  const at = courseOrder.indexOf(id);
  return at < 0 ? courseOrder.length : at;
};

/** Documents by preset id, unparsed: `parseDocument`'s rules hold for them as for any file. */
export const presetSources: ReadonlyMap<string, unknown> = new Map(
  Object.entries(files)
    .map(([path, source]): [string, unknown] => [path.slice('/presets/'.length, -'.json'.length), source])
    .sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b, 'en')),
);
