import { problem, type Problem } from '@/core/problem';

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
