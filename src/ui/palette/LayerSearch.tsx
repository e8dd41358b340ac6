import { Command } from 'cmdk';
import { Shapes } from 'lucide-react';
import { useState, type DragEvent, type Ref } from 'react';
import { type Template, templates } from '@/graph/template';
import { families } from '@/layers/families';
import type { LayerDefinition } from '@/layers/define';
import { layers } from '@/layers/registry';
import { lookOf } from '../canvas/families';
import { type Variants, variantsOf } from './variants';

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

/** How well a search fits: the name itself, its beginning, another name for it, beginnings of words, parts, scattered letters. */
function fitOf(title: string, search: string, keywords: readonly string[]): number {
  const wanted = search.trim().toLowerCase();
  const name = title.toLowerCase();
  const others = keywords.map((word) => word.toLowerCase());
  if (name === wanted) return 7;
  if (name.startsWith(wanted)) return 6;
  if (others.includes(wanted)) return 5;
  if (name.split(' ').some((word) => word.startsWith(wanted))) return 4;
  if (others.some((word) => word.startsWith(wanted))) return 3;
  if ([name, ...others].some((word) => word.includes(wanted))) return 2;
  let at = 0;
  for (const letter of name) if (letter === wanted[at]) at += 1;
  return at === wanted.length ? 1 : 0;
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
  const layerRow = ({ main: layer, others }: Variants) => {
    const { icon: Icon, color } = lookOf(layer.family);
    return (
      <Command.Item
        key={layer.type}
        value={layer.title}
        title={layer.summary}
        data-layer={layer.type}
        draggable={draggable}
        onDragStart={drag(layer.type)}
        onSelect={() => onPick(layer.type)}
        className={itemClass}
      >
        <Icon size={13} strokeWidth={2.1} style={{ color }} aria-hidden className="shrink-0" />
        <span className="truncate">{layer.title}</span>
        <span className="ml-auto flex shrink-0 items-center gap-0.5">
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
              className="mono rounded px-0.5 text-xs text-faint hover:bg-accent/12 hover:text-accent"
            >
              {label}
            </span>
          ))}
          {layer.shortcut && <kbd className="mono text-xs text-faint">{layer.shortcut}</kbd>}
        </span>
      </Command.Item>
    );
  };
  const templateRow = ({ id, title, summary }: Template) => (
    <Command.Item
      key={id}
      value={title}
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
  );
  const offered = [...layers.values()].filter(offers);
  /** Best fit first; of layers that differ in their axes alone that of images first. */
  const found = () => {
    const singles = variantsOf(offered).flatMap(({ main, others }) => [main, ...others.map(({ layer }) => layer)]);
    return [
      ...singles.map((layer) => ({
        fit: fitOf(layer.title, search, [layer.type, ...layer.keywords]),
        row: () => layerRow({ main: layer, others: [] }),
      })),
      ...[...templates.values()].map((template) => ({
        fit: fitOf(template.title, search, template.keywords),
        row: () => templateRow(template),
      })),
    ]
      .filter(({ fit }) => fit > 0)
      .toSorted((a, b) => b.fit - a.fit)
      .map(({ row }) => row());
  };
  return (
    <Command label="Add a layer" loop shouldFilter={false} className="group flex min-h-0 flex-1 flex-col">
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
        {search.trim() !== '' && found()}
        {search.trim() === '' &&
          families.map(({ id, title }) => {
            const members = offered.filter(({ family }) => family === id);
            if (members.length === 0) return null;
            return (
              <Command.Group key={id} heading={title} className={groupClass}>
                {variantsOf(members).map(layerRow)}
              </Command.Group>
            );
          })}
        {search.trim() === '' && (
          <Command.Group heading="Templates" className={groupClass}>
            {[...templates.values()].map(templateRow)}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  );
}
