import { useId, useState, type KeyboardEvent } from 'react';
import { never } from '@/core/result';
import { classes } from './classes';
import { controlClass } from './Field';
import { formatNumber, parseNumber, stepNumber, type NumberRules } from './numbers';

interface NumberFieldProps extends NumberRules {
  /** A value that is no number is shown as it is, marked, until one is typed. */
  readonly value: unknown;
  /** Called with valid numbers only. Calls of one visit carry one mark, so that they undo together. */
  readonly onChange: (value: number, mark: string) => void;
  readonly id?: string;
  readonly label?: string;
  /** A letter inside the field, before the number. */
  readonly prefix?: string;
  readonly describedBy?: string;
  readonly invalid?: boolean;
  readonly className?: string;
}

/** What is being typed, and what the document held when it was last valid. */
interface Draft {
  readonly text: string;
  readonly committed: unknown;
  readonly before: unknown;
  readonly mark: string;
}

let visits = 0;

/** ARIA's numbers know no exponents. */
const ariaNumber = (value: unknown): number | undefined =>
  typeof value === 'number' && !String(value).includes('e') ? value : undefined;

/**
 * A number to type. Valid text is written at once, invalid text never: it is explained below the field and
 * forgotten on leaving.
 * Arrow keys step, with Shift by ten; Escape brings back what was there before the visit.
 */
export function NumberField(props: NumberFieldProps) {
  const { value, onChange, whole, min, max, above } = props;
  const rules: NumberRules = { whole, min, max, above };
  const messageId = useId();
  const [kept, setDraft] = useState<Draft | null>(null);
  // A value that changed from elsewhere (undo, a fix) makes the text out of date.
  const draft = kept && Object.is(kept.committed, value) ? kept : null;
  const text = draft?.text ?? (typeof value === 'number' ? formatNumber(value) : (JSON.stringify(value) ?? ''));
  const parsed = parseNumber(text, rules);
  const message = draft && !parsed.ok ? parsed.error : null;

  const write = (nextText: string) => {
    const mark = draft?.mark ?? `number ${(visits += 1)}`;
    const next = parseNumber(nextText, rules);
    const before = draft ? draft.before : value;
    setDraft({ text: nextText, committed: next.ok ? next.value : value, before, mark });
    if (next.ok && !Object.is(next.value, value)) onChange(next.value, mark);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const key = event.key;
    if (key !== 'ArrowUp' && key !== 'ArrowDown' && key !== 'Escape' && key !== 'Enter') return;
    switch (key) {
      case 'ArrowUp':
      case 'ArrowDown': {
        event.preventDefault();
        const from = parsed.ok ? parsed.value : typeof value === 'number' ? value : (min ?? 0);
        write(formatNumber(stepNumber(from, key === 'ArrowUp' ? 1 : -1, rules, event.shiftKey ? 10 : 1)));
        return;
      }
      case 'Escape':
        if (!draft) return;
        event.stopPropagation();
        if (typeof draft.before === 'number' && !Object.is(draft.before, value)) onChange(draft.before, draft.mark);
        setDraft(null);
        return;
      case 'Enter':
        if (parsed.ok) setDraft(null);
        return;
      default:
        never(key);
    }
  };

  const input = (
    <input
      id={props.id}
      type="text"
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      spellCheck={false}
      role="spinbutton"
      aria-label={props.label}
      aria-valuenow={ariaNumber(value)}
      aria-valuetext={text}
      aria-valuemin={ariaNumber(min)}
      aria-valuemax={ariaNumber(max)}
      aria-invalid={message !== null || props.invalid || undefined}
      aria-describedby={[message ? messageId : null, props.describedBy].filter(Boolean).join(' ') || undefined}
      className={classes('mono', controlClass, props.prefix && 'pl-6', props.className)}
      value={text}
      onChange={(event) => write(event.target.value)}
      onBlur={() => setDraft(null)}
      onKeyDown={onKeyDown}
    />
  );
  return (
    <div className="min-w-0 flex-1">
      {props.prefix ? (
        <div className="relative">
          <span
            aria-hidden
            className="pointer-events-none absolute inset-y-0 left-2 flex items-center text-xs text-faint"
          >
            {props.prefix}
          </span>
          {input}
        </div>
      ) : (
        input
      )}
      {message && (
        <p id={messageId} role="alert" className="mt-0.5 text-xs text-error">
          {message}
        </p>
      )}
    </div>
  );
}
