import { addLayer, cornerForPort } from '@/state/insertion';
import { addTemplate } from '@/state/templates';
import { layers } from '@/layers/registry';
import { LayerSearch } from '../palette/LayerSearch';
import { useApp, useCanvas } from '../useApp';

const width = 248;
const height = 320;

/** The layers' search at the place where a wire was dropped. */
export function AddSearch() {
  const app = useApp();
  const adding = useCanvas((state) => state.adding);
  if (!adding) return null;
  const close = () => {
    app.canvas.getState().set({ adding: null });
    app.viewport.current?.focus();
  };
  const left = Math.max(8, Math.min(adding.screen.x - 20, window.innerWidth - width - 8));
  const top = Math.max(8, Math.min(adding.screen.y + 4, window.innerHeight - height - 8));
  return (
    <>
      <div className="fixed inset-0 z-40" onPointerDown={close} />
      <div
        role="dialog"
        aria-label="Add a layer"
        className="fixed z-50 flex flex-col overflow-hidden rounded-xl border border-line bg-panel p-2 shadow-card"
        style={{ left, top, width, maxHeight: height }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          close();
        }}
      >
        <LayerSearch
          autoFocus
          draggable={false}
          // A wire can’t lead to where examples enter.
          offers={(layer) => adding.from === null || layer.role !== 'source'}
          onPick={(type) => {
            const inputs = layers.get(type)?.inputs;
            const count = inputs?.kind === 'fixed' ? inputs.names.length : 1;
            addLayer(app, type, { at: cornerForPort(adding.at, count), from: adding.from });
            close();
          }}
          onPickTemplate={(id) => {
            addTemplate(app, id, { at: cornerForPort(adding.at, 1), from: adding.from });
            close();
          }}
        />
      </div>
    </>
  );
}
