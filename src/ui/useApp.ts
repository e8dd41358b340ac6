import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { Compilation } from '@/compiler/compilation';
import { compilationOf } from '@/state/compilation';
import type { CanvasState } from '@/state/canvasStore';
import type { Desk } from '@/state/desk';
import type { DocumentState } from '@/state/documentStore';
import type { RunState } from '@/state/runStore';
import type { ViewState } from '@/state/viewStore';

/** The stores that the screen shows and what commands reach; made once by `app` and handed down. */
export type App = Desk;

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error('The screen stands outside its AppContext.');
  return app;
}

export const useDocument = <T>(selector: (state: DocumentState) => T): T => useStore(useApp().documents, selector);
export const useRun = <T>(selector: (state: RunState) => T): T => useStore(useApp().run, selector);
export const useView = <T>(selector: (state: ViewState) => T): T => useStore(useApp().view, selector);
export const useCanvas = <T>(selector: (state: CanvasState) => T): T => useStore(useApp().canvas, selector);
export const useCompilation = (): Compilation => compilationOf(useDocument((state) => state.document));
