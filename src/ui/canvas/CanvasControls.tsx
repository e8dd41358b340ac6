import { Maximize, Minus, Plus, Workflow } from 'lucide-react';
import { CommandButton } from '../commands/CommandButton';

/** Zoom, fit and layout, at the canvas's lower left. */
export function CanvasControls() {
  return (
    <div className="absolute bottom-3 left-3 z-10 flex overflow-hidden rounded-lg border border-line bg-panel shadow-card" role="toolbar" aria-label="View">
      <CommandButton id="view.zoomOut" icon={Minus} />
      <CommandButton id="view.zoomIn" icon={Plus} />
      <CommandButton id="view.fit" icon={Maximize} />
      <CommandButton id="view.layout" icon={Workflow} />
    </div>
  );
}
