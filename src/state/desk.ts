import type { LoomDocument, Position } from '@/graph/document';
import type { CanvasStore } from './canvasStore';
import type { DocumentStore } from './documentStore';
import type { RunStore } from './runStore';
import type { Autosave } from './storage/autosave';
import type { Library } from './storage/library';
import type { ViewStore } from './viewStore';

/** The canvas's window onto the drawing. */
export interface Viewport {
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  /** Middle of what is seen, in the drawing's coordinates. */
  middle(): Position;
  focus(): void;
}

/** What the browser does for the desk; passed in, so that commands run without one. */
export interface Services {
  /** Positions for all nodes; computed in a worker of its own. */
  layout(document: LoomDocument): Promise<Readonly<Record<string, Position>>>;
  download(name: string, content: Blob): void;
  /** Lets the user choose files; none when they think better of it. */
  chooseFiles(): Promise<readonly File[]>;
  readonly clipboard: { write(text: string): Promise<void>; read(): Promise<string> };
  /** A short message at the screen's edge. */
  notify(message: string, action?: { readonly label: string; readonly run: () => void }): void;
}

/** Everything that a command can reach. */
export interface Desk {
  readonly documents: DocumentStore;
  readonly run: RunStore;
  readonly view: ViewStore;
  readonly canvas: CanvasStore;
  readonly library: Library;
  readonly autosave: Autosave;
  readonly services: Services;
  /** Set by the canvas while it is on the screen. */
  readonly viewport: { current: Viewport | null };
}

/** The canvas lends its viewport to the desk; the answer takes it back. */
export function lendViewport({ viewport }: Desk, lent: Viewport): () => void {
  viewport.current = lent;
  return () => {
    if (viewport.current === lent) viewport.current = null;
  };
}
