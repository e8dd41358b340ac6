import type { LucideIcon } from 'lucide-react';
import { shownKeys } from './platform';
import { useCommand } from './useCommand';

/** A command as an icon; its title and keys come up on hover. */
export function CommandButton({ id, icon: Icon, pressed }: { readonly id: string; readonly icon: LucideIcon; readonly pressed?: boolean }) {
  const { command, title, enabled, run } = useCommand(id);
  const keys = command?.keys[0];
  return (
    <button
      type="button"
      aria-label={title}
      aria-pressed={pressed}
      title={keys ? `${title}  ${shownKeys(keys)}` : title}
      disabled={!enabled}
      onClick={run}
      className="grid h-8 w-8 place-items-center text-muted hover:bg-accent/9 hover:text-ink disabled:pointer-events-none disabled:opacity-40"
    >
      <Icon size={15} aria-hidden />
    </button>
  );
}
