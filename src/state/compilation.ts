import { compile } from '@/compiler/compile';
import type { Compilation } from '@/compiler/compilation';
import { wholeOf } from '@/graph/drawing';
import type { LoomDocument } from '@/graph/document';

const compilations = new WeakMap<LoomDocument, Compilation>();

/** Shapes, problems and plan of a document: derived, never stored; computed once per document. */
export function compilationOf(document: LoomDocument): Compilation {
  const known = compilations.get(document);
  if (known) return known;
  const whole = wholeOf(document);
  const fresh = whole === document ? compile(document) : compilationOf(whole);
  compilations.set(document, fresh);
  return fresh;
}
