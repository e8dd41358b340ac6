import { useStore } from 'zustand';
import { emptyDocument } from '@/graph/document';
import { openDocument, openStored } from '@/state/desktop';
import { runCommand } from '@/state/commands/registry';
import { useApp } from '../useApp';

const linkLook = 'shrink-0 font-medium underline underline-offset-2';

/** Whether storage has what is on the desk; if not, why, and the way out. */
export function SavedState() {
  const app = useApp();
  const saving = useStore(app.autosave.saving);
  const blank = useStore(app.documents, ({ document, past }) => document.nodes.length === 0 && past.length === 0);
  switch (saving.kind) {
    case 'saved':
      return <span className="hidden shrink-0 text-xs text-muted sm:inline">{blank ? '' : 'saved'}</span>;
    case 'saving':
      return <span className="hidden shrink-0 text-xs text-muted sm:inline">saving…</span>;
    case 'unsaved':
      return (
        <span role="status" className="flex min-w-0 items-center gap-2 text-xs text-error">
          <span className="truncate" title={saving.reason}>
            not saved: {saving.reason}
          </span>
          <button type="button" className={linkLook} onClick={() => runCommand(app, 'export.document')}>
            Download
          </button>
        </span>
      );
    case 'conflict':
      return (
        <span role="status" className="flex min-w-0 items-center gap-2 text-xs text-warn">
          <span className="truncate" title="This network was changed in another window.">
            not saved: changed in another window
          </span>
          <button type="button" className={linkLook} onClick={() => void openStored(app, app.documents.getState().id)}>
            Take theirs
          </button>
          <button
            type="button"
            className={linkLook}
            onClick={() => {
              const { document } = app.documents.getState();
              void openDocument(app, { ...emptyDocument(), ...document, name: `${document.name} (copy)` });
            }}
          >
            Keep mine as a copy
          </button>
        </span>
      );
  }
}
