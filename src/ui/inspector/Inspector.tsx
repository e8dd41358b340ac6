import { Tabs } from '../components/Tabs';
import { useApp, useView } from '../useApp';
import { CodeTab } from './CodeTab';
import { LayerTab } from './LayerTab';
import { ModelTab } from './ModelTab';

/** Right panel: the selected layer, the whole model, its code. */
export function Inspector() {
  const { view } = useApp();
  const chosen = useView((state) => state.inspectorTab);
  return (
    <div className="flex h-full min-h-0 min-w-0 flex-col bg-panel">
      <Tabs
        label="Inspector"
        className="h-full"
        value={chosen}
        onChange={(inspectorTab) => view.getState().set({ inspectorTab })}
        tabs={[
          { value: 'layer', label: 'Layer', content: <LayerTab /> },
          { value: 'model', label: 'Model', content: <ModelTab /> },
          { value: 'code', label: 'Code', content: <CodeTab /> },
        ]}
      />
    </div>
  );
}
