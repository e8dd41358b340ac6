import { useEffect, useRef } from 'react';
import { addLayer } from '@/state/insertion';
import { addTemplate } from '@/state/templates';
import { useApp, useCanvas } from '../useApp';
import { LayerSearch } from './LayerSearch';

/** The layers there are: drag one onto the canvas, or click to add it after the selected one. */
export function Palette() {
  const app = useApp();
  const searches = useCanvas((state) => state.searches);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (searches > 0) input.current?.focus();
  }, [searches]);

  return (
    <nav aria-label="Layers" className="flex h-full min-h-0 flex-col p-2.5">
      <LayerSearch
        draggable
        inputRef={input}
        onEscape={() => app.viewport.current?.focus()}
        onPick={(type) => addLayer(app, type)}
        onPickTemplate={(id) => addTemplate(app, id)}
      />
    </nav>
  );
}
