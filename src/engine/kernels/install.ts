import { mendConv2dBackpropFilter } from './conv2dBackpropFilter';
import { mendConv2dBackpropInput } from './conv2dBackpropInput';
import { mendPadding } from './padding';
import type { Tf } from './tf';

const MENDS: readonly ((tf: Tf) => void)[] = [mendPadding, mendConv2dBackpropFilter, mendConv2dBackpropInput];

/**
 * Mends what stock tfjs 4.22 lacks or gets wrong, in the registry of the tfjs given. A backend's mends are installed
 * only once its package is loaded; calling again is free and catches up on backends loaded since.
 */
export function install(tf: Tf): void {
  for (const mend of MENDS) mend(tf);
}
