import type { DatasetDefinition } from '@/datasets/define';
import type { InitializerDefinition, LossDefinition, OptimizerDefinition, ScheduleDefinition } from '@/recipe/define';

export const datasets: ReadonlyMap<string, DatasetDefinition> = new Map();
export const findDataset = (id: string): DatasetDefinition | undefined => datasets.get(id);
export const optimizers: ReadonlyMap<string, OptimizerDefinition> = new Map();
export const losses: ReadonlyMap<string, LossDefinition> = new Map();
export const schedules: ReadonlyMap<string, ScheduleDefinition> = new Map();
export const initializers: ReadonlyMap<string, InitializerDefinition> = new Map();
