import { createContext, use } from 'react';
import { useStore } from 'zustand';
import type { Compilation } from '@/compiler/compilation';
import { compilationOf } from '@/state/compilation';
import type { DocumentState, DocumentStore } from '@/state/documentStore';
import type { RunState, RunStore } from '@/state/runStore';
import type { ViewState, ViewStore } from '@/state/viewStore';

/** The stores that the screen shows; made once by `app` and handed down. */
export interface App {
  readonly documents: DocumentStore;
  readonly run: RunStore;
  readonly view: ViewStore;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error('The screen stands outside its AppContext.');
  return app;
}

export const useDocument = <T>(selector: (state: DocumentState) => T): T => useStore(useApp().documents, selector);
export const useRun = <T>(selector: (state: RunState) => T): T => useStore(useApp().run, selector);
export const useView = <T>(selector: (state: ViewState) => T): T => useStore(useApp().view, selector);
export const useCompilation = (): Compilation => compilationOf(useDocument((state) => state.document));
