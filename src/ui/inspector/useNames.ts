import type { Names } from '@/core/expression';
import { crumbsOf } from '@/graph/drawing';
import { useCompilation, useDocument } from '../useApp';

/** What expressions on the open sheet may name, with their values there; `undefined` outside of blocks. */
export function useNames(): Names | undefined {
  const document = useDocument((state) => state.document);
  const sheet = useDocument((state) => state.sheet);
  const compilation = useCompilation();
  const crumb = crumbsOf(document, sheet).at(-1);
  return crumb && (compilation.nodes.get(crumb.path)?.repetitions?.[crumb.repetition ?? 0] ?? {});
}
