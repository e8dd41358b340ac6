import type { Desk } from '../desk';
import type { Command } from './define';

type Exported = Command | readonly Command[];

/** Every command that a file of this folder exports. */
const modules = import.meta.glob<Readonly<Record<string, unknown>>>(
  ['./*.ts', '!./*.test.ts', '!./define.ts', '!./registry.ts', '!./keys.ts'],
  { eager: true },
);

const isCommand = (value: unknown): value is Command =>
  typeof value === 'object' && value !== null && 'id' in value && 'run' in value && 'history' in value;
const isExported = (value: unknown): value is Exported =>
  isCommand(value) || (Array.isArray(value) && value.length > 0 && value.every(isCommand));

/** All commands by id. */
export const commands: ReadonlyMap<string, Command> = new Map(
  Object.values(modules)
    .flatMap((module) => Object.values(module))
    .filter(isExported)
    .flatMap((exported) => ('id' in exported ? [exported] : [...exported]))
    .map((item) => [item.id, item] as const),
);

/** Runs a command if it makes sense now; says whether it did. */
export function runCommand(desk: Desk, id: string): boolean {
  const item = commands.get(id);
  if (!item?.enabled(desk)) return false;
  void item.run(desk);
  return true;
}
