import { problem, warning, type Problem } from '@/core/problem';

export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

const MEMORY = /out of memory|memory access out of bounds|allocation fail|allocate|buffer size|texture size|oom/i;
const LOST = /context.{0,20}lost|lost.{0,20}context|device.{0,20}lost|lost.{0,20}device/i;

/** What a backend threw, for people. */
export function failure(error: unknown, backend: string): Problem {
  const reason = reasonOf(error);
  if (MEMORY.test(reason)) {
    const message = `The backend ${backend} ran out of memory (${reason}). Try a smaller batch or a smaller network.`;
    return problem('training.memory', message, { got: reason });
  }
  if (LOST.test(reason)) {
    const message =
      `The backend ${backend} lost the graphics card (${reason}). Go on from the last epoch, or choose wasm.`;
    return problem('training.lost', message, { got: reason });
  }
  const message = `Training on ${backend} failed: ${reason}. Another backend may do it.`;
  return problem('training.failed', message, { got: reason });
}

const CAUSES: Readonly<Record<string, string>> = {
  'training.memory': 'ran out of memory',
  'training.lost': 'lost the graphics card',
};

/**
 * That a run goes on elsewhere, with the cause's code.
 * @param told steps that were told. @param step from whose end it goes on.
 */
export function movedOn(cause: Problem, from: string, to: string, told: number, step: number): Problem {
  const what = CAUSES[cause.code] ?? 'failed';
  const again = told > step ? ` Steps ${step + 1} to ${told} are taken again there.` : '';
  const message = `${from} ${what} after step ${told} (${cause.got ?? cause.message}). The run goes on with ${to}.${again}`;
  return warning(cause.code, message);
}

/** That a run goes on elsewhere because its numbers were a backend's fault. @param step the failing one, counted from 1. */
export function movedOff(from: string, to: string, step: number): Problem {
  const message = `Step ${step} gave numbers that are not finite on ${from}, and finite ones on ${to}. The run goes on there.`;
  return warning('training.notFinite', message);
}
