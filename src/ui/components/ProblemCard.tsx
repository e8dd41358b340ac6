import { CircleAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Severity } from '@/core/problem';
import { Button } from './Button';
import { classes } from './classes';

/** A way out, as a button. */
export interface WayOut {
  readonly title: string;
  readonly run: () => void;
}

interface ProblemCardProps {
  readonly problem: {
    readonly severity: Severity;
    readonly message: string;
    readonly expected?: string;
    readonly got?: string;
  };
  readonly fixes?: readonly WayOut[];
  /** Stands before the message: the layer's name, as a link to it. */
  readonly lead?: ReactNode;
  readonly id?: string;
  readonly className?: string;
}

const looks = {
  error: { icon: CircleAlert, text: 'text-error', box: 'border-error/40 bg-error-ground', word: 'Error' },
  warning: { icon: TriangleAlert, text: 'text-warn', box: 'border-warn/40 bg-warn-ground', word: 'Warning' },
} as const;

/** What is wrong, in the user's own numbers, what was expected, and the ways out. */
export function ProblemCard({ problem, fixes = [], lead, id, className }: ProblemCardProps) {
  const { icon: Icon, text, box, word } = looks[problem.severity];
  return (
    <div id={id} className={classes('flex gap-2 rounded-lg border px-2.5 py-2', box, className)}>
      <Icon size={15} role="img" aria-label={word} className={classes('mt-0.5 shrink-0', text)} />
      <div className="min-w-0 flex-1">
        {lead}
        <p className="text-sm wrap-break-word">{problem.message}</p>
        {(problem.expected ?? problem.got) && (
          <p className="mt-0.5 text-xs wrap-break-word text-muted">
            {problem.expected && <>Expected {problem.expected}</>}
            {problem.expected && problem.got && '; '}
            {problem.got && (
              <>
                {problem.expected ? 'got' : 'Got'} {problem.got}
              </>
            )}
            .
          </p>
        )}
        {fixes.length > 0 && (
          <div className="mt-1.5 flex flex-wrap gap-1.5">
            {fixes.map((fix) => (
              <Button key={fix.title} small onClick={fix.run}>
                {fix.title}
              </Button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
