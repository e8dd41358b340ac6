import { presetIds } from '@/formats/presets';
import { runCommand } from '@/state/commands/registry';
import { useApp } from '../useApp';

/** An empty canvas teaches with one sentence and one action. */
export function EmptyState() {
  const app = useApp();
  const lenet = presetIds.includes('lenet-5');
  return (
    <div className="pointer-events-none absolute inset-0 z-[5] grid place-items-center">
      <div className="pointer-events-auto flex max-w-[340px] flex-col items-center gap-3 text-center">
        <p className="text-muted">
          Drag a layer here from the left, or press <kbd className="mono rounded border border-line bg-panel px-1">/</kbd> and type its
          name: every shape is worked out as you wire.
        </p>
        <button
          type="button"
          className="rounded-[7px] bg-accent px-3 py-1.5 font-semibold text-on-accent"
          onClick={() => runCommand(app, lenet ? 'file.lenet' : 'add.input')}
        >
          {lenet ? 'Start with LeNet-5' : 'Add an input'}
        </button>
      </div>
    </div>
  );
}
