import type { InitializerDefinition, LossDefinition, MetricDefinition, OptimizerDefinition, ScheduleDefinition } from './define';

export const optimizers: ReadonlyMap<string, OptimizerDefinition> = new Map();
export const losses: ReadonlyMap<string, LossDefinition> = new Map();
export const metrics: ReadonlyMap<string, MetricDefinition> = new Map();
export const schedules: ReadonlyMap<string, ScheduleDefinition> = new Map();
export const initializers: ReadonlyMap<string, InitializerDefinition> = new Map();
