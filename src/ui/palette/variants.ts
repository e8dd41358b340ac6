import type { LayerDefinition } from '@/layers/define';

/** Layers that differ in their number of axes alone: `Conv 1D`, `Conv 2D` and `Conv 3D`. */
export interface Variants {
  /** Shown and added where no other is asked for: that of images, else the first. */
  readonly main: LayerDefinition;
  /** The others, with what tells them apart: `1D`. */
  readonly others: readonly { readonly label: string; readonly layer: LayerDefinition }[];
}

const axesOf = (title: string): readonly [stem: string, axes: string] => {
  const found = /^(.*) ([123]D)$/.exec(title);
  return found ? [found[1] ?? title, found[2] ?? ''] : [title, ''];
};

/** Layers put together with those of other numbers of axes, in the order in which they first come. */
export function variantsOf(members: readonly LayerDefinition[]): readonly Variants[] {
  const byStem = new Map<string, LayerDefinition[]>();
  for (const layer of members) {
    const [stem, axes] = axesOf(layer.title);
    const key = axes === '' ? layer.title : stem;
    byStem.set(key, [...(byStem.get(key) ?? []), layer]);
  }
  return [...byStem.values()].flatMap((layers): Variants[] => {
    const main = layers.find(({ title }) => title.endsWith(' 2D')) ?? layers[0];
    if (!main) return [];
    const others = layers.filter((layer) => layer !== main).map((layer) => ({ label: axesOf(layer.title)[1], layer }));
    return [{ main, others }];
  });
}
