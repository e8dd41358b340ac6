import { X } from 'lucide-react';
import { useEffect, useSyncExternalStore, type ReactNode } from 'react';
import { Toaster } from 'sonner';
import { Canvas } from '../canvas/Canvas';
import { CommandPalette } from '../commands/CommandPalette';
import { KeySheet } from '../commands/KeySheet';
import { useShortcuts } from '../commands/useShortcuts';
import { Dock } from '../dock/Dock';
import { Inspector } from '../inspector/Inspector';
import { Palette } from '../palette/Palette';
import { useApp, useCanvas, useView } from '../useApp';
import { ErrorBoundary } from './ErrorBoundary';
import { TopBar } from './TopBar';

const narrowQuery = '(max-width: 900px)';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}

/** Puts the chosen theme on the root, and follows the system where the user leaves it the choice. */
function useTheme(): 'light' | 'dark' {
  const theme = useView((state) => state.theme);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const shown = theme === 'system' ? (dark ? 'dark' : 'light') : theme;
  useEffect(() => {
    document.documentElement.dataset.theme = shown;
  }, [shown]);
  return shown;
}

/** The whole window: palette, canvas, inspector, dock. */
export function Screen() {
  const narrow = useMedia(narrowQuery);
  const theme = useTheme();
  useShortcuts();
  const palette = useView((state) => state.paletteOpen) && !narrow;
  const inspector = useView((state) => state.inspectorOpen) && !narrow;
  return (
    <div
      className="grid h-full"
      style={{
        gridTemplateColumns: `${palette ? '224px ' : ''}minmax(0, 1fr)${inspector ? ' clamp(272px, 23.200vw, 340px)' : ''}`,
        gridTemplateRows: '44px minmax(0, 1fr) auto',
      }}
    >
      <div className="col-span-full">
        <TopBar narrow={narrow} />
      </div>
      {palette && (
        <div className="row-span-2 min-h-0 border-r border-line bg-panel">
          <Palette />
        </div>
      )}
      <main className="relative min-h-0 min-w-0 overflow-hidden bg-ground">
        <ErrorBoundary part="The canvas">
          <Canvas />
        </ErrorBoundary>
      </main>
      {inspector && (
        <aside aria-label="Inspector" className="row-span-2 min-h-0 overflow-hidden border-l border-line bg-panel">
          <ErrorBoundary part="The inspector">
            <Inspector />
          </ErrorBoundary>
        </aside>
      )}
      <section aria-label="Dock" className="relative col-start-auto min-h-0 min-w-0 overflow-hidden border-t border-line bg-panel">
        <ErrorBoundary part="The dock">
          <Dock />
        </ErrorBoundary>
      </section>
      {narrow && <Drawer />}
      <CommandPalette />
      <KeySheet />
      <Announcer />
      <Toaster position="bottom-center" theme={theme} duration={8000} closeButton />
    </div>
  );
}

/** On a small window a side panel lies over the canvas. */
function Drawer() {
  const { canvas } = useApp();
  const drawer = useCanvas((state) => state.drawer);
  if (!drawer) return null;
  const close = () => canvas.getState().set({ drawer: null });
  const panel: ReactNode = drawer === 'palette' ? <Palette /> : <Inspector />;
  return (
    <>
      <div className="fixed inset-x-0 top-11 bottom-0 z-30 bg-black/25" onPointerDown={close} />
      <div
        className={`fixed top-11 bottom-0 z-30 w-[min(320px,88vw)] overflow-auto border-line bg-panel shadow-card ${drawer === 'palette' ? 'left-0 border-r' : 'right-0 border-l'}`}
        onKeyDown={(event) => event.key === 'Escape' && close()}
      >
        <button
          type="button"
          aria-label="Close"
          className="absolute top-2.5 right-2.5 z-10 grid h-7 w-7 place-items-center rounded-md bg-panel text-muted hover:bg-accent/9"
          onClick={close}
        >
          <X size={15} aria-hidden />
        </button>
        <div className="h-full pt-8">{panel}</div>
      </div>
    </>
  );
}

/** What happens on the canvas, for screen readers. */
function Announcer() {
  const { text, count } = useCanvas((state) => state.announcement);
  return (
    <div aria-live="polite" role="status" className="sr-only" data-announcer>
      {/* The same words twice are two announcements. */}
      {text}
      {count % 2 === 0 ? '' : '\u00a0'}
    </div>
  );
}
