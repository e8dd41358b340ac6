export type Severity = 'error' | 'warning';

/** A change of a layer's own parameters that makes its problem go away. */
export interface ParamFix {
  /** Short, as on a button: `padding 0/1 → 6`. */
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Something wrong, as a value. Crosses module boundaries instead of an exception.
 * `Fix` is what the room that raises it can change: a layer its parameters, the graph itself by edits.
 */
export interface Problem<Fix = ParamFix> {
  readonly severity: Severity;
  /** Stable and dotted, for tests and documentation: `conv.fraction`. */
  readonly code: string;
  /** One or two sentences with the arithmetic in the user's own numbers. */
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  /** A warning that strict mode turns into an error. */
  readonly strict?: boolean;
  /** Which of the layer's parameters it is about, for marking the form field. */
  readonly params?: readonly string[];
  readonly fixes?: readonly Fix[];
}

type Details<Fix> = Omit<Problem<Fix>, 'severity' | 'code' | 'message'>;

export function problem<Fix = ParamFix>(code: string, message: string, details: Details<Fix> = {}): Problem<Fix> {
  return { severity: 'error', code, message, ...details };
}

export function warning<Fix = ParamFix>(code: string, message: string, details: Details<Fix> = {}): Problem<Fix> {
  return { severity: 'warning', code, message, ...details };
}
