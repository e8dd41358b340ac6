import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@/ui/theme.css';
import { createCanvasStore } from '@/state/canvasStore';
import type { Desk } from '@/state/desk';
import { createDocumentStore } from '@/state/documentStore';
import { createRunStore } from '@/state/runStore';
import { createAutosave } from '@/state/storage/autosave';
import { openLibrary } from '@/state/storage/library';
import { keepViewSettings, readViewSettings } from '@/state/viewSettings';
import { createViewStore } from '@/state/viewStore';
import { createTrainingClient } from '@/training/client';
import { ErrorBoundary } from '@/ui/shell/ErrorBoundary';
import { Screen } from '@/ui/shell/Screen';
import { AppContext } from '@/ui/useApp';
import { consoleHandle } from './handle';
import { isolatePage } from './isolation/page';
import { browserServices } from './services';
import { connectWindows, restoreDesk } from './session';

const documents = createDocumentStore();
const training = createTrainingClient();
const run = createRunStore(training);
const view = createViewStore(readViewSettings(localStorage));
const library = openLibrary();
const windows = connectWindows();
const autosave = createAutosave(documents, run, library, windows.announce);
const desk: Desk = {
  documents,
  run,
  view,
  canvas: createCanvasStore(),
  library,
  autosave,
  services: browserServices(),
  viewport: { current: null },
};

windows.listen((id, revision) => autosave.heard(id, revision));
keepViewSettings(view, localStorage);
await restoreDesk(desk);
void isolatePage(desk);
window.layerloom = consoleHandle(documents, run, training);

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <AppContext value={desk}>
        <ErrorBoundary part="The screen">
          <Screen />
        </ErrorBoundary>
      </AppContext>
    </StrictMode>,
  );
}
