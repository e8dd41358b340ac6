import type { Problem } from '@/core/problem';

/** What the command's exit status says; other tools rely on it. */
export const exitCode = {
  done: 0,
  /** The document has errors. */
  errors: 1,
  /** A file can't be read or written, or the command line makes no sense. */
  unreadable: 2,
  /** Training met a number that was not finite. */
  diverged: 3,
} as const;

/** Ends the command with a message on stderr; the one exception that the command throws itself. */
export class Exit extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const unreadable = (problem: Problem): Exit => new Exit(exitCode.unreadable, problem.message);
