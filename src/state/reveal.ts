import { prefixOf } from '@/graph/paths';
import type { Desk } from './desk';

/** Shows a node on the canvas, wherever it is: opens the block that holds it, selects it and brings it into view. */
export function goTo({ documents, view }: Pick<Desk, 'documents' | 'view'>, path: string): void {
  const { sheet, openSheet, select } = documents.getState();
  if (sheet !== prefixOf(path)) openSheet(prefixOf(path));
  select([path]);
  view.getState().revealNode(path);
}
