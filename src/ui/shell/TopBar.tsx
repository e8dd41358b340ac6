import { ChevronDown, Command as CommandIcon, Moon, PanelLeft, PanelRight, Pause, Play, Redo2, Sun, SunMoon, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { datasets } from '@/datasets/registry';
import { openPreset, presetIds } from '@/formats/presets';
import { formats } from '@/formats/registry';
import { openDocument, openStored } from '@/state/desktop';

import type { RecentDocument } from '@/state/storage/library';
import { CommandButton } from '../commands/CommandButton';
import { shownKeys } from '../commands/platform';
import { useCommand } from '../commands/useCommand';
import { useApp, useDocument, useRun, useView } from '../useApp';
import { Menu, MenuItem, MenuLabel, MenuLine, CommandItem, buttonLook } from './menu';
import { SavedState } from './SavedState';

/** The logo, the network's name and what can be done with it as a whole. */
export function TopBar({ narrow }: { readonly narrow: boolean }) {
  const { canvas } = useApp();
  return (
    <header className="flex h-11 items-center gap-2 border-b border-line bg-panel px-3 sm:gap-2.5">
      <img src="./favicon.svg" alt="" className="h-[18px] w-[18px] max-[480px]:hidden" />
      <h1 className="font-[650] tracking-[-0.01em] max-[959px]:sr-only">Layerloom</h1>
      <NameField />
      <SavedState />
      <div className="min-w-0 flex-1" />
      {narrow && <Drawers />}
      <div className="flex overflow-hidden rounded-[7px] max-[560px]:hidden">
        <CommandButton id="edit.undo" icon={Undo2} />
        <CommandButton id="edit.redo" icon={Redo2} />
      </div>
      <Presets />
      <FileMenu />
      <TrainButton />
      <div className="max-[560px]:hidden">
        <ThemeButton />
      </div>
      <button
        type="button"
        className="hidden h-[30px] items-center gap-1 rounded-[7px] px-1.5 text-xs text-muted hover:bg-accent/9 hover:text-ink min-[900px]:inline-flex"
        onClick={() => canvas.getState().set({ dialog: 'commands' })}
        title={`All commands  ${shownKeys('mod+k')}`}
        aria-label="All commands"
      >
        <CommandIcon size={13} aria-hidden />
        <kbd className="mono">{shownKeys('mod+k')}</kbd>
      </button>
    </header>
  );
}

function NameField() {
  const { documents } = useApp();
  const name = useDocument(({ document }) => document.name);
  return (
    <span className="relative min-w-[64px] shrink overflow-hidden">
      {/* Gives the field the width of its text. */}
      <span className="invisible block max-w-[260px] truncate px-1.5 whitespace-pre" aria-hidden>
        {name || 'Untitled network'}
      </span>
      <input
        aria-label="Name of the network"
        className="absolute inset-0 w-full truncate rounded-md bg-transparent px-1.5 text-muted hover:bg-accent/9 focus:bg-ground focus:text-ink"
        value={name}
        maxLength={200}
        placeholder="Untitled network"
        onChange={(event) =>
          documents.getState().edit('rename the network', [{ kind: 'setDocument', values: { name: event.target.value } }], { mark: 'name' })
        }
        onKeyDown={(event) => (event.key === 'Enter' || event.key === 'Escape') && event.currentTarget.blur()}
      />
    </span>
  );
}

function Drawers() {
  const { canvas } = useApp();
  const toggle = (drawer: 'palette' | 'inspector') =>
    canvas.getState().set({ drawer: canvas.getState().drawer === drawer ? null : drawer });
  const look = 'grid h-8 w-8 shrink-0 place-items-center rounded-md text-muted hover:bg-accent/9';
  return (
    <>
      <button type="button" aria-label="Layers" className={look} onClick={() => toggle('palette')}>
        <PanelLeft size={15} aria-hidden />
      </button>
      <button type="button" aria-label="Inspector" className={look} onClick={() => toggle('inspector')}>
        <PanelRight size={15} aria-hidden />
      </button>
    </>
  );
}

const datasetTitle = (id: string | null) => (id === null ? 'no dataset' : (datasets.get(id)?.title ?? id));

function Presets() {
  const app = useApp();
  const presets = useMemo(
    () =>
      presetIds.flatMap((id) => {
        const opened = openPreset(id);
        return opened.ok ? [{ id, document: opened.value }] : [];
      }),
    [],
  );
  const [recent, setRecent] = useState<readonly RecentDocument[]>([]);
  const present = app.documents.getState().id;
  const load = () => void app.library.recent().then(setRecent);
  const others = recent.filter(({ id }) => id !== present).slice(0, 8);
  return (
    <Menu
      name="Presets"
      onOpen={load}
      label={
        <>
          Presets <ChevronDown size={13} aria-hidden className="text-muted" />
        </>
      }
    >
      <CommandItem id="file.new" />
      <MenuLine />
      <MenuLabel>Presets</MenuLabel>
      {presets.map(({ id, document }) => (
        <MenuItem key={id} title={document.name} aside={datasetTitle(document.dataset)} onSelect={() => void openDocument(app, document, { layout: true })} />
      ))}
      {others.length > 0 && (
        <>
          <MenuLine />
          <MenuLabel>Open recent</MenuLabel>
          {others.map(({ id, name, layers, saved }) => (
            <MenuItem
              key={id}
              title={name || 'Untitled network'}
              aside={`${layers} ${layers === 1 ? 'layer' : 'layers'} · ${new Date(saved).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}`}
              onSelect={() => void openStored(app, id)}
            />
          ))}
        </>
      )}
    </Menu>
  );
}

const FileMenu = () => (
  <Menu
    name="Export"
    label={
      <>
        Export <ChevronDown size={13} aria-hidden className="text-muted" />
      </>
    }
  >
    {[...formats.keys()].map((id) => (
      <CommandItem key={id} id={`export.${id}`} />
    ))}
    <MenuLine />
    <CommandItem id="file.open" />
  </Menu>
);

function TrainButton() {
  const { title, enabled, run } = useCommand('train.toggle');
  const [first, ...rest] = title.split(' ');
  const running = useRun(({ status }) => status === 'running');
  const Icon = running ? Pause : Play;
  return (
    <button
      type="button"
      disabled={!enabled}
      onClick={run}
      aria-label={title}
      title={shownKeys('mod+enter')}
      className={`${buttonLook} border-accent! bg-accent! font-semibold text-on-accent hover:opacity-90 disabled:opacity-60`}
    >
      <Icon size={13} fill="currentColor" aria-hidden />
      {first}
      {rest.length > 0 && <span className="-ml-0.5 hidden sm:inline">{rest.join(' ')}</span>}
    </button>
  );
}

function ThemeButton() {
  const theme = useView((state) => state.theme);
  return <CommandButton id="view.theme" icon={theme === 'system' ? SunMoon : theme === 'light' ? Sun : Moon} />;
}
