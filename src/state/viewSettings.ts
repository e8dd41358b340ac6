import { z } from 'zod';
import type { ViewState, ViewStore } from './viewStore';

/** Where the browser keeps how its window is arranged; read by index.html as well, before the first paint. */
const key = 'layerloom.view';

const settingsSchema = z
  .object({
    theme: z.enum(['light', 'dark', 'system']),
    dockOpen: z.boolean(),
    dockHeight: z.int().min(100).max(4000),
    backend: z.enum(['auto', 'wasm', 'cpu', 'webgl', 'webgpu']),
    paletteOpen: z.boolean(),
    inspectorOpen: z.boolean(),
  })
  .partial();

type Kept = Pick<Storage, 'getItem' | 'setItem'>;

export function readViewSettings(storage: Kept): Partial<ViewState> {
  try {
    const parsed = settingsSchema.safeParse(JSON.parse(storage.getItem(key) ?? '{}'));
    return parsed.success ? parsed.data : {};
  } catch {
    return {};
  }
}

/** Writes the settings whenever they change; a browser that keeps nothing is no reason to stop. */
export function keepViewSettings(view: ViewStore, storage: Kept): () => void {
  return view.subscribe(({ theme, dockOpen, dockHeight, backend, paletteOpen, inspectorOpen }) => {
    try {
      storage.setItem(key, JSON.stringify({ theme, dockOpen, dockHeight, backend, paletteOpen, inspectorOpen }));
    } catch {
      return;
    }
  });
}
