import { ChevronRight } from 'lucide-react';
import { crumbsOf, type Crumb } from '@/graph/drawing';
import { Select } from '../components/Select';
import { useApp, useCompilation, useDocument } from '../useApp';

/** The way back out of the open block, and which of its repetitions is shown. */
export function Crumbs() {
  const { documents, viewport } = useApp();
  const document = useDocument((state) => state.document);
  const sheet = useDocument((state) => state.sheet);
  if (sheet === '') return null;
  const crumbs = crumbsOf(document, sheet);
  const open = (prefix: string) => {
    documents.getState().openSheet(prefix);
    requestAnimationFrame(() => viewport.current?.fit());
  };
  return (
    <nav
      aria-label="Open block"
      className="absolute top-3 left-3 z-10 flex max-w-[calc(100%-24px)] items-center gap-1 rounded-lg border border-line bg-panel px-2 py-1 shadow-card"
    >
      <button type="button" className="max-w-40 truncate rounded px-1 text-muted hover:text-ink" onClick={() => open('')}>
        {document.name}
      </button>
      {crumbs.map((crumb, at) => (
        <span key={crumb.prefix} className="flex min-w-0 items-center gap-1">
          <ChevronRight size={13} aria-hidden className="shrink-0 text-faint" />
          <button
            type="button"
            aria-current={at === crumbs.length - 1 ? 'page' : undefined}
            className="shrink-0 rounded px-1 hover:text-ink aria-[current=page]:font-semibold"
            onClick={() => open(crumb.prefix)}
          >
            {crumb.name} <span className="font-normal text-muted">{crumb.block}</span>
          </button>
          <Repetition crumb={crumb} onChange={open} />
        </span>
      ))}
    </nav>
  );
}

interface RepetitionProps {
  readonly crumb: Crumb;
  readonly onChange: (prefix: string) => void;
}

function Repetition({ crumb: { path, name, repetition }, onChange }: RepetitionProps) {
  const count = useCompilation().nodes.get(path)?.repetitions?.length ?? 0;
  if (repetition === null || count < 2) return null;
  return (
    <div className="w-28 shrink-0">
      <Select
        small
        label={`Repetition of ${name}`}
        value={String(repetition)}
        options={Array.from({ length: count }, (_, i) => ({ value: String(i), label: `i = ${i} of ${count}` }))}
        onChange={(value) => onChange(`${path}/${value}/`)}
      />
    </div>
  );
}
