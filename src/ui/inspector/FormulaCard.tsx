import type { Formula, Term } from '@/layers/define';
import { Card } from '../components/Card';
import { classes } from '../components/classes';
import { formulaText, inputColour } from './termColours';

interface FormulaCardProps {
  readonly formula: Formula;
  readonly colours: ReadonlyMap<string, string>;
  readonly lit: string | null;
  readonly onPoint: (param: string | null) => void;
  /** Brings the reader to the field that sets a term. */
  readonly onPick: (param: string) => void;
}

/** A formula in the user's own numbers; what a field sets is underlined in that field's colour. */
export function FormulaCard({ formula, colours, lit, onPoint, onPick }: FormulaCardProps) {
  const showTerm = (term: Term, key: number) => {
    if (typeof term === 'string') return <span key={key}>{term}</span>;
    const { text, param, input, result } = term;
    if (result) return <b key={key}>{text}</b>;
    const colour = param !== undefined ? colours.get(param) : input ? inputColour : undefined;
    const style = colour
      ? {
          borderColor: colour,
          background:
            param !== undefined && lit === param ? `color-mix(in oklab, ${colour} 26%, transparent)` : undefined,
        }
      : undefined;
    if (param === undefined) {
      return (
        <span key={key} title="comes in" className={classes(colour && 'border-b-2 pb-px')} style={style}>
          {text}
        </span>
      );
    }
    return (
      <span
        key={key}
        className="cursor-pointer rounded-t-sm border-b-2 pb-px transition-colors"
        style={style}
        onPointerEnter={() => onPoint(param)}
        onPointerLeave={() => onPoint(null)}
        onClick={() => onPick(param)}
      >
        {text}
      </span>
    );
  };
  return (
    <Card title={formula.title}>
      <div role="math" aria-label={formulaText(formula)} className="mono text-sm leading-[1.95] wrap-break-word">
        {formula.lines.map((line, row) => (
          <div key={row}>{line.map(showTerm)}</div>
        ))}
      </div>
    </Card>
  );
}
