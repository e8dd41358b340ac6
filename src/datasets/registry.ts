import { elements } from '@/core/shape';
import type { DatasetDefinition } from './define';

/** Every file of the family folders exports its dataset; `readers` and `testing` only help. */
const files = import.meta.glob<Record<string, DatasetDefinition>>(
  ['./*/*.ts', '!./{readers,testing}/*.ts', '!./*/*.test.ts'],
  { eager: true },
);

const inputSize = ({ input }: DatasetDefinition): number => elements([null, ...input]);

/** From the smallest input to the largest, so that a newcomer's first choices train at once; equals by title. */
const inChooserOrder = (a: DatasetDefinition, b: DatasetDefinition): number =>
  inputSize(a) - inputSize(b) || a.title.localeCompare(b.title, 'en');

/** All definitions, in the order of the chooser; two of one id both stand here. */
export const allDatasets: readonly DatasetDefinition[] = Object.values(files)
  .flatMap((file) => Object.values(file))
  .sort(inChooserOrder);

/** By id, in the order of the chooser. */
export const datasets: ReadonlyMap<string, DatasetDefinition> = new Map(
  allDatasets.map((dataset) => [dataset.id, dataset]),
);

export const findDataset = (id: string): DatasetDefinition | undefined => datasets.get(id);
