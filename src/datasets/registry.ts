import { elements } from '@/core/shape';
import type { DatasetDefinition } from './define';

/** Every file of the family folders exports one dataset; `readers` only help. */
const files = import.meta.glob<Record<string, DatasetDefinition>>(
  ['./*/*.ts', '!./readers/*.ts', '!./*/*.test.ts'],
  { eager: true },
);

const size = ({ input, counts }: DatasetDefinition): number => elements([null, ...input]) * counts.train;

/** From the least data to the most, so a newcomer's first choice trains at once; equals by title. */
const inChooserOrder = (a: DatasetDefinition, b: DatasetDefinition): number =>
  elements([null, ...a.input]) - elements([null, ...b.input]) || size(a) - size(b) || a.title.localeCompare(b.title);

/** All definitions, in the order of the chooser; two of one id both stand here. */
export const allDatasets: readonly DatasetDefinition[] = Object.values(files)
  .flatMap((file) => Object.values(file))
  .sort(inChooserOrder);

/** By id, in the order of the chooser. */
export const datasets: ReadonlyMap<string, DatasetDefinition> = new Map(
  allDatasets.map((dataset) => [dataset.id, dataset]),
);

export const findDataset = (id: string): DatasetDefinition | undefined => datasets.get(id);
