import { readFileSync } from 'node:fs';

/**
 * Largest resident size of a process so far, in bytes, as Linux tells it; `null` on other systems. What a process is
 * told of itself (`getrusage`) counts its parent's size too: it is inherited by the fork.
 */
export function peakOf(process: number | undefined): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : 1024 * Number(kilobytes);
  } catch {
    return null;
  }
}
