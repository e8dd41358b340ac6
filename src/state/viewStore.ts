import { createStore, type StoreApi } from 'zustand/vanilla';
import type { BackendChoice } from '@/training/protocol';

export type Theme = 'light' | 'dark' | 'system';
export type InspectorTab = 'layer' | 'model' | 'code';
export type DockTab = 'train' | 'problems';

/** How the window is arranged. Kept per browser, never in the document, never undone. */
export interface ViewState {
  readonly theme: Theme;
  readonly inspectorTab: InspectorTab;
  readonly dockTab: DockTab;
  readonly dockOpen: boolean;
  /** Pixels of the open dock, its head included. */
  readonly dockHeight: number;
  /** What the next run computes on. */
  readonly backend: BackendChoice;
  readonly paletteOpen: boolean;
  readonly inspectorOpen: boolean;
  /** Node that the canvas should bring into view, with a counter so that asking twice works. */
  readonly reveal: { readonly node: string; readonly count: number } | null;
  set(values: Partial<Omit<ViewState, 'set' | 'revealNode'>>): void;
  revealNode(node: string): void;
}

export type ViewStore = StoreApi<ViewState>;

export function createViewStore(initial: Partial<ViewState> = {}): ViewStore {
  return createStore<ViewState>((set, get) => ({
    theme: 'system',
    inspectorTab: 'layer',
    dockTab: 'train',
    dockOpen: true,
    dockHeight: 236,
    backend: 'auto',
    paletteOpen: true,
    inspectorOpen: true,
    reveal: null,
    ...initial,
    set: (values) => set(values),
    revealNode: (node) => set({ reveal: { node, count: (get().reveal?.count ?? 0) + 1 } }),
  }));
}
