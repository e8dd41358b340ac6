import type { LayerDefinition } from './define';
import { families } from './families';
import { passages } from './passages';

/** Every file in a family folder that is not a test declares one layer; putting it there is all that registering takes. */
const modules = import.meta.glob<Readonly<Record<string, LayerDefinition>>>(
  ['./*/*.ts', '!./**/*.test.ts', '!./shared/*'],
  {
    eager: true,
  },
);

const familyOrder = new Map<string, number>(families.map((family, order) => [family.id, order]));

const definitions: readonly LayerDefinition[] = Object.values(modules)
  .flatMap((module) => Object.values(module))
  .sort(
    (a, b) =>
      (familyOrder.get(a.family) ?? 0) - (familyOrder.get(b.family) ?? 0) || a.title.localeCompare(b.title, 'en'),
  );

/** All layers, by type, in the order of the palette. */
export const layers: ReadonlyMap<string, LayerDefinition> = new Map(
  definitions.map((definition) => [definition.type, definition]),
);

/** What a node's type means, the passages of blocks among them. */
export const definitionFor = (type: string): LayerDefinition | undefined => layers.get(type) ?? passages.get(type);
