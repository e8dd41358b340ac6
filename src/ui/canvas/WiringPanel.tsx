import { useEffect, useMemo, useRef, useState } from 'react';
import { nodesById, outputCount, outputNames } from '@/graph/ports';
import { connectEdits } from '@/graph/wire';
import { portShapeText, wiringCandidates, type Candidate } from '@/state/wiring';
import { useApp, useCanvas, useDocument } from '../useApp';

/** Port-to-port wiring by keyboard: candidates near before far, each with its state; Enter wires, Escape leaves. */
export function WiringPanel() {
  const wiring = useCanvas((state) => state.wiring);
  return wiring ? <Walk key={wiring.from.node} node={wiring.from.node} port={wiring.from.port} /> : null;
}

const matches = (candidate: Candidate, query: string) =>
  `${candidate.node} ${candidate.name}`.toLowerCase().includes(query.trim().toLowerCase());

function Walk({ node, port }: { node: string; port: number }) {
  const { documents, canvas, view, viewport } = useApp();
  const document = useDocument((state) => state.drawing);
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const origin = nodesById(document).get(node);
  const all = useMemo(() => wiringCandidates(document, { node, port }), [document, node, port]);
  const shown = all.filter((candidate) => matches(candidate, query));
  const current = shown[Math.min(at, shown.length - 1)];
  const outputs = origin ? outputCount(document, origin) : 0;
  const outputName = (origin && outputNames(document, origin)[port]) ?? 'output';
  const shape = portShapeText(document, { node, port });

  useEffect(() => {
    const target = current?.port ?? null;
    canvas.getState().set({ wiring: { from: { node, port }, target } });
    if (current) {
      canvas.getState().announce(current.text);
      view.getState().revealNode(current.port.node);
    } else {
      canvas.getState().announce('No such port.');
    }
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [current, node, port, canvas, view]);

  if (!origin) return null;
  const close = () => {
    canvas.getState().set({ wiring: null });
    viewport.current?.focus();
  };
  const wire = (candidate: Candidate | undefined) => {
    if (!candidate) return;
    if (candidate.outcome.problem) return canvas.getState().announce(candidate.text);
    const { drawing: present, edit } = documents.getState();
    edit('wire', connectEdits(present, { node, port }, candidate.port), { select: [candidate.port.node] });
    canvas.getState().announce(`Wired ${origin.name} to ${candidate.node}, ${candidate.name}.`);
    close();
  };
  const step = (by: number) => setAt((i) => (Math.min(i, shown.length - 1) + by + shown.length) % Math.max(1, shown.length));

  return (
    <div
      role="dialog"
      aria-label={`Wire from ${origin.name}`}
      className="absolute top-3 left-1/2 z-30 w-[420px] max-w-[calc(100%-24px)] -translate-x-1/2 rounded-xl border border-accent bg-panel p-2 shadow-card"
    >
      <div className="flex items-baseline gap-2 px-1.5 pb-1.5">
        <span className="font-semibold">Wire from {origin.name}</span>
        <span className="text-xs text-muted">
          {outputName} <span className="mono">{shape}</span>
          {outputs > 1 && ' · Tab: next output'}
        </span>
      </div>
      <input
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls="wiring-ports"
        aria-activedescendant={current ? `wiring-${current.port.node}-${current.port.port}` : undefined}
        aria-label={`Input port for the wire from ${origin.name}`}
        placeholder="Type a layer’s name…"
        className="mb-1 w-full rounded-md border border-line bg-ground px-2 py-1"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onBlur={() => canvas.getState().set({ wiring: null })}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown' || event.key === 'ArrowRight') step(1);
          else if (event.key === 'ArrowUp' || event.key === 'ArrowLeft') step(-1);
          else if (event.key === 'Enter') wire(current);
          else if (event.key === 'Escape') close();
          else if (event.key === 'Tab' && outputs > 1) {
            canvas.getState().set({ wiring: { from: { node, port: (port + 1) % outputs }, target: null } });
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <ul ref={list} id="wiring-ports" role="listbox" aria-label="Input ports" className="max-h-[168px] overflow-auto">
        {shown.map((candidate) => {
          const { problem } = candidate.outcome;
          const on = candidate === current;
          return (
            <li
              key={`${candidate.port.node}.${candidate.port.port}`}
              id={`wiring-${candidate.port.node}-${candidate.port.port}`}
              role="option"
              aria-selected={on}
              aria-disabled={problem !== null}
              className={`flex gap-2 rounded-md px-1.5 py-1 text-sm ${on ? 'bg-accent/12' : ''}`}
              onPointerDown={(event) => {
                event.preventDefault();
                wire(candidate);
              }}
            >
              <span className={`shrink-0 ${problem ? 'text-muted' : 'font-medium'}`}>{candidate.node}</span>
              <span className="shrink-0 text-muted">{candidate.name}</span>
              <span className={`ml-auto text-right ${problem ? 'text-error' : 'text-muted'}`}>
                {candidate.text.split(', ').slice(2).join(', ')}
              </span>
            </li>
          );
        })}
        {shown.length === 0 && <li className="px-1.5 py-1 text-muted">No port of that name.</li>}
      </ul>
      <p className="mt-1.5 border-t border-line px-1.5 pt-1.5 text-xs text-muted">↑ ↓ choose · Enter wires · Esc leaves</p>
    </div>
  );
}
