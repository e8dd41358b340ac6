import type { Port, LoomDocument } from '@/graph/document';
import type { GraphProblem } from '@/graph/edits';

/**
 * Why a wire from an output port to an input port can't be drawn; `null` when it can.
 * Says what the compiler would say of the wired document: cycle, port already taken, rank, sizes.
 */
export function wiringProblem(_document: LoomDocument, _from: Port, _to: Port): GraphProblem | null {
  return null;
}
