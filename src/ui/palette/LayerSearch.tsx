import { Command } from 'cmdk';
import { Shapes } from 'lucide-react';
import { useState, type DragEvent, type Ref } from 'react';
import { templates } from '@/graph/template';
import { families } from '@/layers/families';
import type { LayerDefinition } from '@/layers/define';
import { layers } from '@/layers/registry';
import { lookOf } from '../canvas/families';
import { variantsOf } from './variants';

/** What a dragged palette item carries. */
export const layerDragType = 'application/x-layerloom-layer';
export const templateDragType = 'application/x-layerloom-template';

const groupClass =
  '[&_[cmdk-group-heading]]:px-1 [&_[cmdk-group-heading]]:pt-2.5 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-muted';
const itemClass =
  'flex cursor-grab items-center gap-2 rounded-md px-1.5 py-[4.5px] select-none hover:bg-accent/6 group-focus-within:data-[selected=true]:bg-accent/12';

interface Props {
  readonly onPick: (type: string) => void;
  readonly onPickTemplate: (id: string) => void;
  readonly draggable: boolean;
  /** Which layers are offered; all by default. */
  readonly offers?: (layer: LayerDefinition) => boolean;
  readonly autoFocus?: boolean;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly onEscape?: () => void;
}

/** Whole beginnings first, then words within, then scattered letters. */
function rank(title: string, search: string, keywords: readonly string[] = []): number {
  const wanted = search.trim().toLowerCase();
  const words = [title.toLowerCase(), ...keywords.map((word) => word.toLowerCase())];
  if (words[0]?.startsWith(wanted)) return 1;
  if (words.some((word) => word.startsWith(wanted))) return 0.8;
  if (words.some((word) => word.includes(wanted))) return 0.6;
  let at = 0;
  for (const letter of words[0] ?? '') if (letter === wanted[at]) at += 1;
  return at === wanted.length ? 0.2 : 0;
}

/** All layers by family, with a search; arrows walk, Enter adds. */
export function LayerSearch({ onPick, onPickTemplate, draggable, offers = () => true, autoFocus = false, inputRef, onEscape }: Props) {
  const [search, setSearch] = useState('');
  const drag = (type: string) => (event: DragEvent) => {
    event.dataTransfer.setData(layerDragType, type);
    event.dataTransfer.effectAllowed = 'move';
    // A variant is dragged out of its row, which else would go along.
    event.stopPropagation();
  };
  return (
    <Command label="Add a layer" loop filter={rank} className="group flex min-h-0 flex-1 flex-col">
      <label className="mb-1 flex items-center gap-2 rounded-lg border border-line px-2.5 focus-within:border-accent">
        <Command.Input
          ref={inputRef}
          autoFocus={autoFocus}
          value={search}
          onValueChange={setSearch}
          placeholder="Add a layer…"
          className="min-w-0 flex-1 bg-transparent py-1.5 outline-none placeholder:text-faint"
          onKeyDown={(event) => {
            if (event.key === 'Escape') onEscape?.();
            // Emptied after an addition, so that the next name can be typed at once.
            if (event.key === 'Enter') requestAnimationFrame(() => setSearch(''));
          }}
        />
        {draggable && <kbd className="mono text-xs text-faint">/</kbd>}
      </label>
      <Command.List label="Layers" className="min-h-0 flex-1 overflow-auto [scrollbar-width:thin]">
        <Command.Empty className="px-2 py-3 text-muted">No layer of that name.</Command.Empty>
        {families.map((family) => {
          const members = [...layers.values()].filter((layer) => layer.family === family.id && offers(layer));
          if (members.length === 0) return null;
          // The whole list shows those of one kind in one row; a search finds each by its name, that of images first.
          const kinds = variantsOf(members);
          const rows =
            search.trim() === ''
              ? kinds
              : kinds.flatMap(({ main, others }) =>
                  [main, ...others.map(({ layer }) => layer)].map((layer) => ({ main: layer, others: [] })),
                );
          const look = lookOf(family.id);
          const Icon = look.icon;
          return (
            <Command.Group
              key={family.id}
              heading={family.title}
              className={groupClass}
            >
              {rows.map(({ main: layer, others }) => (
                <Command.Item
                  key={layer.type}
                  value={layer.title}
                  keywords={[layer.type, ...layer.keywords]}
                  title={layer.summary}
                  data-layer={layer.type}
                  draggable={draggable}
                  onDragStart={drag(layer.type)}
                  onSelect={() => onPick(layer.type)}
                  className={itemClass}
                >
                  <Icon size={13} strokeWidth={2.1} style={{ color: look.color }} aria-hidden className="shrink-0" />
                  <span className="truncate">{layer.title}</span>
                  <span className="ml-auto flex shrink-0 items-center gap-1">
                    {others.map(({ label, layer: other }) => (
                      <span
                        key={other.type}
                        // For the mouse; the keyboard finds it by searching its name.
                        aria-hidden
                        title={other.title}
                        draggable={draggable}
                        onDragStart={drag(other.type)}
                        onClick={(event) => {
                          event.stopPropagation();
                          onPick(other.type);
                        }}
                        className="mono rounded px-1 text-xs text-faint hover:bg-accent/12 hover:text-accent"
                      >
                        {label}
                      </span>
                    ))}
                    {layer.shortcut && <kbd className="mono text-xs text-faint">{layer.shortcut}</kbd>}
                  </span>
                </Command.Item>
              ))}
            </Command.Group>
          );
        })}
        <Command.Group heading="Templates" className={groupClass}>
          {[...templates.values()].map(({ id, title, summary, keywords }) => (
            <Command.Item
              key={id}
              value={title}
              keywords={[...keywords]}
              title={summary}
              draggable={draggable}
              onDragStart={(event) => {
                event.dataTransfer.setData(templateDragType, id);
                event.dataTransfer.effectAllowed = 'move';
              }}
              onSelect={() => onPickTemplate(id)}
              className={itemClass}
            >
              <Shapes size={13} strokeWidth={2.1} aria-hidden className="shrink-0 text-muted" />
              <span className="truncate">{title}</span>
            </Command.Item>
          ))}
        </Command.Group>
      </Command.List>
    </Command>
  );
}
