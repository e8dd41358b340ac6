import { SquareFunction } from 'lucide-react';
import type { ReactNode } from 'react';
import { holdsExpression, type Names } from '@/core/expression';
import type { Param } from '@/core/params';
import { TextField } from '../components/TextField';
import { asExpression, asLiteral, expressionText, expressionValue } from './expressions';

interface ValuedProps {
  readonly param: Param;
  readonly value: unknown;
  /** What expressions may name here. */
  readonly names: Names;
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly onChange: (value: unknown, mark?: string) => void;
  /** The control of a value that is no expression. */
  readonly children: ReactNode;
}

/** A parameter's control inside a block: its value, or an expression of the block's parameters. */
export function Valued({ param, value, names, id, describedBy, onChange, children }: ValuedProps) {
  const isExpression = holdsExpression(value);
  const title = isExpression ? 'Take the value it comes to' : 'Write an expression of the block’s parameters';
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">
        {isExpression ? (
          <TextField
            id={id}
            describedBy={describedBy}
            value={expressionText(value)}
            check={(text) => {
              const found = expressionValue(param, text, names);
              return found.ok ? null : found.error;
            }}
            onChange={(text, mark) => {
              const found = expressionValue(param, text, names);
              if (found.ok) onChange(found.value, mark);
            }}
          />
        ) : (
          children
        )}
      </div>
      <button
        type="button"
        aria-pressed={isExpression}
        aria-label={`${param.label}: ${title.toLowerCase()}`}
        title={title}
        className="flex h-7 w-6 shrink-0 items-center justify-center rounded-md text-faint hover:text-ink aria-pressed:text-accent"
        onClick={() => onChange(isExpression ? asLiteral(param, value, names) : asExpression(param, value, names))}
      >
        <SquareFunction size={15} aria-hidden />
      </button>
    </div>
  );
}
