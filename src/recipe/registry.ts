import type {
  InitializerDefinition,
  LossDefinition,
  MetricDefinition,
  OptimizerDefinition,
  ScheduleDefinition,
} from './define';

/** What the files of one folder declare, by type, in the order of their titles. */
function byType<D extends { readonly type: string; readonly title: string }>(
  modules: Readonly<Record<string, Readonly<Record<string, D>>>>,
): ReadonlyMap<string, D> {
  const definitions = Object.values(modules).flatMap((module) => Object.values(module));
  definitions.sort((a, b) => a.title.localeCompare(b.title, 'en'));
  return new Map(definitions.map((definition) => [definition.type, definition]));
}

// Every file of a folder that is not a test declares one part; putting it there is all that registering takes.
// A pattern of tests that begins with ./ would not be seen: it is held against paths from the folder on.
export const optimizers = byType(
  import.meta.glob<Readonly<Record<string, OptimizerDefinition>>>(['./optimizers/*.ts', '!**/*.test.ts'], {
    eager: true,
  }),
);
export const losses = byType(
  import.meta.glob<Readonly<Record<string, LossDefinition>>>(['./losses/*.ts', '!**/*.test.ts'], { eager: true }),
);
export const metrics = byType(
  import.meta.glob<Readonly<Record<string, MetricDefinition>>>(['./metrics/*.ts', '!**/*.test.ts'], { eager: true }),
);
export const schedules = byType(
  import.meta.glob<Readonly<Record<string, ScheduleDefinition>>>(['./schedules/*.ts', '!**/*.test.ts'], {
    eager: true,
  }),
);
export const initializers = byType(
  import.meta.glob<Readonly<Record<string, InitializerDefinition>>>(['./initializers/*.ts', '!**/*.test.ts'], {
    eager: true,
  }),
);
