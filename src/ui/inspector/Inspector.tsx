import { useState } from 'react';
import { Tabs } from '../components/Tabs';
import { useApp, useDocument, useView } from '../useApp';
import { CodeTab } from './CodeTab';
import { LayerTab } from './LayerTab';
import { ModelTab } from './ModelTab';

/** Right panel: the selected layer, the whole model, its code. */
export function Inspector() {
  const { view } = useApp();
  const chosen = useView((state) => state.inspectorTab);
  const selection = useDocument((state) => state.selection);
  const nothing = useDocument((state) => !state.drawing.nodes.some((node) => state.selection.has(node.id)));
  /** The empty selection for which the layer tab was asked for all the same. */
  const [asked, setAsked] = useState<ReadonlySet<string> | null>(null);
  // Without a layer the whole model is what there is to see.
  const shown = chosen === 'layer' && nothing && asked !== selection ? 'model' : chosen;
  return (
    <div className="flex h-full min-h-0 min-w-0 flex-col bg-panel">
      <Tabs
        label="Inspector"
        className="h-full"
        value={shown}
        onChange={(inspectorTab) => {
          setAsked(selection);
          view.getState().set({ inspectorTab });
        }}
        tabs={[
          { value: 'layer', label: 'Layer', content: <LayerTab /> },
          { value: 'model', label: 'Model', content: <ModelTab /> },
          { value: 'code', label: 'Code', content: <CodeTab /> },
        ]}
      />
    </div>
  );
}
