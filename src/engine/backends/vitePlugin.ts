import type { Plugin } from 'vite';

/** The guard in the threaded wasm's loader that a minifier takes apart. */
const GUARDED = 'typeof _scriptDir !== "undefined" && _scriptDir';

/**
 * Lets tfjs's threaded wasm survive minification. Its threads evaluate the loader's own source text, in which the
 * variable `_scriptDir` of the surrounding scope is missing; a minifier renames it and drops the `typeof` that guards
 * it, and every thread dies of a ReferenceError. In a bundle the variable has no use.
 */
export function threadedWasm(): Plugin {
  return {
    name: 'threaded-wasm',
    apply: 'build',
    transform(code, id) {
      if (!/tfjs-backend-wasm-threaded-simd\.js$/.test(id)) return null;
      if (!code.includes(GUARDED)) this.error('The loader of the threaded wasm has changed: see threadedWasm().');
      return { code: code.replace(GUARDED, 'false'), map: null };
    },
  };
}
