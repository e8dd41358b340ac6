import { ChevronDown, ChevronUp } from 'lucide-react';
import type { ViewState } from '@/state/viewStore';
import { classes } from '../components/classes';
import { IconButton } from '../components/IconButton';
import { Tabs } from '../components/Tabs';
import { useApp, useCompilation, useView } from '../useApp';
import { Announcer } from './Announcer';
import { ProblemsTab } from './ProblemsTab';
import { ResizeHandle } from './ResizeHandle';
import { TrainControls } from './TrainControls';
import { TrainTab } from './TrainTab';

const minHeight = 150;
/** Leaves the canvas room enough to see what is being trained. */
const maxHeight = () => Math.max(minHeight, Math.round(window.innerHeight * 0.7));

/** Bottom panel for doing: train, and mend what is wrong. As high as the view says, or its head alone when closed. */
export function Dock() {
  const { view } = useApp();
  const tab = useView((state) => state.dockTab);
  const open = useView((state) => state.dockOpen);
  const height = useView((state) => state.dockHeight);
  const { problems } = useCompilation();
  const errors = problems.some((problem) => problem.severity === 'error');
  const set = (values: Partial<Pick<ViewState, 'dockTab' | 'dockOpen' | 'dockHeight'>>) => view.getState().set(values);
  return (
    <div
      className="@container relative flex max-h-[70vh] min-w-0 flex-col bg-panel"
      style={{ height: open ? height : undefined }}
    >
      {open && (
        <ResizeHandle height={height} min={minHeight} max={maxHeight} onChange={(dockHeight) => set({ dockHeight })} />
      )}
      <Tabs
        compact
        label="Dock"
        className="flex-1"
        collapsed={!open}
        value={tab}
        onChange={(dockTab) => set({ dockTab, dockOpen: true })}
        aside={
          <div className="flex min-w-0 flex-1 items-center justify-end gap-2 py-0.5">
            <TrainControls />
            <IconButton label={open ? 'Close the dock' : 'Open the dock'} onClick={() => set({ dockOpen: !open })}>
              {open ? <ChevronDown size={15} aria-hidden /> : <ChevronUp size={15} aria-hidden />}
            </IconButton>
          </div>
        }
        tabs={[
          { value: 'train', label: 'Train', content: <TrainTab /> },
          {
            value: 'problems',
            label: (
              <span className={classes(problems.length > 0 && (errors ? 'text-error' : 'text-warn'))}>
                Problems{problems.length > 0 && ` ${problems.length}`}
              </span>
            ),
            content: <ProblemsTab />,
          },
        ]}
      />
      <Announcer />
    </div>
  );
}
