import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { commandGroups, titleOf } from '@/state/commands/define';
import { commands } from '@/state/commands/registry';
import { useApp, useCanvas } from '../useApp';
import { shownKeys } from './platform';

/** All keys, by group; made from the commands themselves. */
export function KeySheet() {
  const app = useApp();
  const open = useCanvas((state) => state.dialog === 'keys');
  return (
    <Dialog.Root open={open} onOpenChange={(next) => app.canvas.getState().set({ dialog: next ? 'keys' : null })}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-black/25" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-1/2 left-1/2 z-50 max-h-[84vh] w-[680px] max-w-[calc(100vw-24px)] -translate-x-1/2 -translate-y-1/2 overflow-auto rounded-xl border border-line bg-panel p-5 shadow-card"
        >
          <div className="mb-3 flex items-center">
            <Dialog.Title className="text-[15px] font-semibold">Keyboard shortcuts</Dialog.Title>
            <Dialog.Close aria-label="Close" className="ml-auto grid h-7 w-7 place-items-center rounded-md text-muted hover:bg-accent/9">
              <X size={15} />
            </Dialog.Close>
          </div>
          <div className="gap-8 sm:columns-2">
            {commandGroups.map((group) => {
              const keyed = [...commands.values()].filter((item) => item.group === group && item.keys.length > 0);
              if (keyed.length === 0) return null;
              return (
                <section key={group} className="mb-4 break-inside-avoid-column">
                  <h3 className="mb-1 text-xs font-semibold text-muted">{group}</h3>
                  <dl>
                    {keyed.map((item) => (
                      <div key={item.id} className="flex items-baseline gap-3 py-[3px]">
                        <dt className="truncate">{titleOf(item, app)}</dt>
                        <dd className="ml-auto flex shrink-0 gap-1.5">
                          {item.keys.slice(0, 2).map((keys) => (
                            <kbd key={keys} className="mono rounded border border-line bg-ground px-1.5 text-xs text-muted">
                              {shownKeys(keys)}
                            </kbd>
                          ))}
                        </dd>
                      </div>
                    ))}
                  </dl>
                </section>
              );
            })}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
