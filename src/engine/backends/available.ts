import type { BackendName, Surroundings } from './prepare';

export interface BackendOffer {
  readonly name: BackendName;
  /** Why it stands where it stands, for the choice in the interface. */
  readonly reason: string;
}

/**
 * The backends this machine may run, the likely fastest first. A guess from what the machine says of itself: which
 * one is fastest for a given network only a timed training step tells.
 */
export async function availableBackends(surroundings: Surroundings): Promise<readonly BackendOffer[]> {
  const { webgpu, webgl } = await surroundings.graphics();
  const offers: BackendOffer[] = [];
  if (webgpu === 'hardware') offers.push({ name: 'webgpu', reason: 'a GPU, driven directly' });
  if (webgl === 'hardware') offers.push({ name: 'webgl', reason: 'a GPU, driven through WebGL' });
  const threads = surroundings.threads === 1 ? '1 thread' : `${surroundings.threads} threads`;
  offers.push({ name: 'wasm', reason: `the processor, compiled code on ${threads}` });
  if (webgpu === 'software') offers.push({ name: 'webgpu', reason: 'WebGPU imitated by the processor: slow' });
  if (webgl === 'software') offers.push({ name: 'webgl', reason: 'WebGL imitated by the processor: slow' });
  offers.push({ name: 'cpu', reason: 'plain JavaScript: slow, and runs everywhere' });
  return offers;
}
