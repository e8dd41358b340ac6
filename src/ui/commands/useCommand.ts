import { useStore } from 'zustand';
import { titleOf, type Command } from '@/state/commands/define';
import { commands } from '@/state/commands/registry';
import { useApp } from '../useApp';

/** A command with its present title and whether it makes sense now; follows the stores. */
export function useCommand(id: string): { readonly command: Command | null; readonly title: string; readonly enabled: boolean; readonly run: () => void } {
  const app = useApp();
  const command = commands.get(id) ?? null;
  const ask = () => (command ? `${command.enabled(app) ? 1 : 0}${titleOf(command, app)}` : '0');
  const fromDocument = useStore(app.documents, ask);
  const fromRun = useStore(app.run, ask);
  const fromView = useStore(app.view, ask);
  // Each store's change asks anew; the last to be asked knows as much as the first.
  void [fromDocument, fromRun, fromView];
  const state = ask();
  return { command, title: state.slice(1), enabled: state.startsWith('1'), run: () => void command?.run(app) };
}
