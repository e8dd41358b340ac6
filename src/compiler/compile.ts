import type { LoomDocument } from '@/graph/document';
import type { Compilation } from './compilation';

/** Document → shapes, problems and, without errors, the plan. Pure. */
export function compile(_document: LoomDocument): Compilation {
  return { plan: null, nodes: new Map(), problems: [] };
}
