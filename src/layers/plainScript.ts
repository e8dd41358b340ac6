/**
 * Makes models with Layerloom's own layers loadable in plain tfjs. Bundled to one classic script, which exports bring:
 * put it after tfjs's own script, or call `layerloomLayers.register(tf)` where tfjs is a module.
 */
import { registerOwnLayers } from './own';
import { layers } from './registry';
import type { Tf } from './define';

/** Registers the classes with a tfjs; calling again is free. */
export const register = (tf: Tf): void => registerOwnLayers(tf, layers.values());

const { tf } = globalThis as { readonly tf?: Tf };
if (tf) register(tf);
