import type { Plan } from '@/compiler/plan';
import type { Problem } from '@/core/problem';
import type { Result } from '@/core/result';
import type { LoomDocument } from '@/graph/document';
import type { Bundle } from './reading/bundle';

/** Row-major values by key, `nodePath/weight`. */
export type Weights = Readonly<Record<string, Float32Array>>;

/** What training did to stored inputs, (x − shift) × factor, per element of an example. */
export interface InputTransform {
  readonly shift: ArrayLike<number>;
  readonly factor: ArrayLike<number>;
}

/** Everything an export may draw on. */
export interface ExportSource {
  readonly document: LoomDocument;
  /** `null` where the document has errors: then only the drawing itself can be taken out. */
  readonly plan: Plan | null;
  /** `null` for a network that was not trained. */
  readonly weights: Weights | null;
  /** Where training measured one; without it, what the recipe says is written down. */
  readonly inputs?: InputTransform | null;
}

/** What came out of a file. */
export interface Opened {
  /** Id of the format it was in. */
  readonly format: string;
  readonly document: LoomDocument;
  readonly weights: Weights | null;
  /** What the user should know of it, in whole sentences. */
  readonly notes: readonly string[];
  /** The file said nothing of where nodes stand: the canvas lays them out. */
  readonly needsLayout: boolean;
}

/** How a format is read back. Nothing here throws, whatever the bytes are. */
interface FormatReader {
  /** By content; names come second. */
  recognises(bundle: Bundle): boolean;
  parse(bundle: Bundle): Result<Opened, Problem>;
}

/** One export or import format. Putting its file into `kinds` is all that registering takes. */
export interface FormatDefinition {
  readonly id: string;
  readonly title: string;
  /** One sentence for the export dialog. */
  readonly summary: string;
  /** With the dot: `.zip`. */
  readonly extension: string;
  readonly mime: string;
  /** What an export can’t do without. */
  readonly needs: 'document' | 'plan';
  /** Later, so that what only exports need loads with the first of them. */
  emit(source: ExportSource): Promise<Result<Uint8Array<ArrayBuffer>, Problem>>;
  readonly reader: FormatReader | null;
}

export const defineFormat = (definition: FormatDefinition): FormatDefinition => definition;
