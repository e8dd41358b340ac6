import { DropdownMenu } from 'radix-ui';
import { useRef, type ReactNode } from 'react';
import { useApp } from '../useApp';
import { shownKeys } from '../commands/platform';
import { useCommand } from '../commands/useCommand';

export const buttonLook =
  'inline-flex h-[30px] shrink-0 items-center gap-1.5 rounded-[7px] border border-line bg-panel px-2.5 hover:border-line-strong data-[state=open]:border-line-strong';
const itemLook =
  'flex cursor-pointer items-center gap-3 rounded-md px-2.5 py-1.5 outline-none data-[disabled]:cursor-default data-[disabled]:text-faint data-[highlighted]:bg-accent/12';

interface MenuProps {
  readonly label: ReactNode;
  readonly name: string;
  readonly children: ReactNode;
  readonly onOpen?: () => void;
  readonly look?: string;
}

/** A button of the top bar that opens a menu. */
export function Menu({ label, name, children, onOpen, look = buttonLook }: MenuProps) {
  const { viewport } = useApp();
  /** Whether something was chosen: then the focus goes to the canvas, where the result is, not back to the button. */
  const chosen = useRef(false);
  return (
    <DropdownMenu.Root onOpenChange={(open) => open && onOpen?.()} modal={false}>
      <DropdownMenu.Trigger className={look} aria-label={name}>
        {label}
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onClickCapture={() => (chosen.current = true)}
          onCloseAutoFocus={(event) => {
            if (chosen.current) {
              event.preventDefault();
              viewport.current?.focus();
            }
            chosen.current = false;
          }}
          className="z-50 max-h-[70vh] min-w-[230px] overflow-auto rounded-xl border border-line bg-panel p-1.5 shadow-card"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function MenuItem({ title, aside, onSelect }: { readonly title: string; readonly aside?: string; readonly onSelect: () => void }) {
  return (
    <DropdownMenu.Item className={itemLook} onSelect={onSelect}>
      <span className="max-w-[260px] truncate">{title}</span>
      {aside && <span className="ml-auto shrink-0 text-xs text-muted">{aside}</span>}
    </DropdownMenu.Item>
  );
}

export function CommandItem({ id }: { readonly id: string }) {
  const { command, title, enabled, run } = useCommand(id);
  const keys = command?.keys[0];
  return (
    <DropdownMenu.Item className={itemLook} disabled={!enabled} onSelect={run}>
      {title}
      {keys && <kbd className="mono ml-auto text-xs text-muted">{shownKeys(keys)}</kbd>}
    </DropdownMenu.Item>
  );
}

export const MenuLabel = ({ children }: { readonly children: ReactNode }) => (
  <DropdownMenu.Label className="px-2.5 pt-1.5 pb-1 text-xs font-semibold text-muted">{children}</DropdownMenu.Label>
);
export const MenuLine = () => <DropdownMenu.Separator className="mx-1 my-1.5 h-px bg-line" />;
