import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Port, Position } from '@/graph/document';

/** What is going on at the canvas between two edits; gone with the page. */
export interface CanvasState {
  /** Port-to-port wiring by keyboard: where the wire begins and the port it points at. */
  readonly wiring: { readonly from: Port; readonly target: Port | null } | null;
  /** The add-a-layer search, open at a place of the canvas; `from` is the port of the wire that was dropped there. */
  readonly adding: { readonly at: Position; readonly screen: Position; readonly from: Port | null } | null;
  readonly dialog: 'commands' | 'keys' | null;
  /** Side panels on a small window lie over the canvas, one at a time. */
  readonly drawer: 'palette' | 'inspector' | null;
  /** What a screen reader says; a count, so that the same words can be said twice. */
  readonly announcement: { readonly text: string; readonly count: number };
  /** Counts requests to put the focus into the palette's search. */
  readonly searches: number;
  set(values: Partial<Pick<CanvasState, 'wiring' | 'adding' | 'dialog' | 'drawer'>>): void;
  search(): void;
  announce(text: string): void;
}

export type CanvasStore = StoreApi<CanvasState>;

export function createCanvasStore(): CanvasStore {
  return createStore<CanvasState>((set, get) => ({
    wiring: null,
    adding: null,
    dialog: null,
    drawer: null,
    announcement: { text: '', count: 0 },
    searches: 0,
    search: () => set({ searches: get().searches + 1 }),
    set: (values) => set(values),
    announce: (text) => set({ announcement: { text, count: get().announcement.count + 1 } }),
  }));
}
