import type { Param } from '@/core/params';

/** What each control gets. The value is as the document holds it, and need not fit. */
export interface ControlProps<P extends Param = Param> {
  readonly param: P;
  readonly value: unknown;
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly onChange: (value: unknown, mark?: string) => void;
}
