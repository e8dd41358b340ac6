import { useId, useState } from 'react';
import { controlClass } from './Field';

interface TextFieldProps {
  readonly value: string;
  /** Says what is wrong with a text, or `null`. */
  readonly check: (text: string) => string | null;
  /** Called with texts that pass the check; calls of one visit carry one mark. */
  readonly onChange: (value: string, mark: string) => void;
  readonly id?: string;
  /** Where no label stands beside it. */
  readonly label?: string;
  readonly placeholder?: string;
  readonly describedBy?: string;
}

interface Draft {
  readonly text: string;
  readonly committed: string;
  readonly before: string;
  readonly mark: string;
}

let visits = 0;

/**
 * A line of text; as with numbers, what is invalid is explained and never written, and Escape brings back what was
 * there.
 */
export function TextField({ value, check, onChange, id, label, placeholder, describedBy }: TextFieldProps) {
  const messageId = useId();
  const [kept, setDraft] = useState<Draft | null>(null);
  const draft = kept?.committed === value ? kept : null;
  const text = draft?.text ?? value;
  const message = draft ? check(text) : null;
  const write = (next: string) => {
    const mark = draft?.mark ?? `text ${(visits += 1)}`;
    const valid = check(next) === null;
    setDraft({ text: next, committed: valid ? next : value, before: draft?.before ?? value, mark });
    if (valid && next !== value) onChange(next, mark);
  };
  return (
    <>
      <input
        id={id}
        aria-label={label}
        placeholder={placeholder}
        type="text"
        autoComplete="off"
        spellCheck={false}
        className={controlClass}
        value={text}
        aria-invalid={message !== null || undefined}
        aria-describedby={[message ? messageId : null, describedBy].filter(Boolean).join(' ') || undefined}
        onChange={(event) => write(event.target.value)}
        onBlur={() => setDraft(null)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') setDraft(null);
          if (event.key !== 'Escape' || !draft) return;
          event.stopPropagation();
          if (draft.before !== value) onChange(draft.before, draft.mark);
          setDraft(null);
        }}
      />
      {message && (
        <p id={messageId} role="alert" className="text-xs text-error">
          {message}
        </p>
      )}
    </>
  );
}
