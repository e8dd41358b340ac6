import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { commandGroups, titleOf } from '@/state/commands/define';
import { commands } from '@/state/commands/registry';
import { useApp, useCanvas } from '../useApp';
import { shownKeys } from './platform';

/** Every command, found by typing. */
export function CommandPalette() {
  const app = useApp();
  const open = useCanvas((state) => state.dialog === 'commands');
  const setOpen = (next: boolean) => app.canvas.getState().set({ dialog: next ? 'commands' : null });
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 bg-black/25" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            app.viewport.current?.focus();
          }}
          className="fixed top-[12vh] left-1/2 z-50 w-[520px] max-w-[calc(100vw-24px)] -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-panel shadow-card"
        >
          <Dialog.Title className="sr-only">Commands</Dialog.Title>
          <Command loop>
            <Command.Input
              autoFocus
              placeholder="What would you like to do?"
              className="w-full border-b border-line bg-transparent px-4 py-3 outline-none placeholder:text-faint"
            />
            <Command.List className="max-h-[52vh] overflow-auto p-1.5">
              <Command.Empty className="px-3 py-4 text-muted">No such command.</Command.Empty>
              {commandGroups.map((group) => {
                const listed = [...commands.values()].filter((item) => item.group === group && item.listed && item.enabled(app));
                if (listed.length === 0) return null;
                return (
                  <Command.Group
                    key={group}
                    heading={group}
                    className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-muted"
                  >
                    {listed.map((item) => (
                      <Command.Item
                        key={item.id}
                        value={`${titleOf(item, app)} ${item.id}`}
                        keywords={[...item.keywords]}
                        className="flex cursor-pointer items-center gap-3 rounded-md px-2.5 py-1.5 data-[selected=true]:bg-accent/12"
                        onSelect={() => {
                          setOpen(false);
                          void item.run(app);
                        }}
                      >
                        {titleOf(item, app)}
                        {item.keys[0] && <kbd className="mono ml-auto text-xs text-muted">{shownKeys(item.keys[0])}</kbd>}
                      </Command.Item>
                    ))}
                  </Command.Group>
                );
              })}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
