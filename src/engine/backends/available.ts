import type { BackendName, Surroundings } from './prepare';

export interface BackendOffer {
  readonly name: BackendName;
  /** Why it stands where it stands, for the choice in the interface. */
  readonly reason: string;
  /** Hopeless for all but the smallest networks: to be taken where nothing else starts. */
  readonly lastResort: boolean;
}

/**
 * The backends this machine may run, the likely fastest first. A guess from what the machine says of itself: which
 * one is fastest for a given network only a timed training step tells.
 */
export async function availableBackends(surroundings: Surroundings): Promise<readonly BackendOffer[]> {
  const { webgpu, webgl } = await surroundings.graphics();
  const offers: BackendOffer[] = [];
  const fast = (name: BackendName, reason: string) => offers.push({ name, reason, lastResort: false });
  const slow = (name: BackendName, reason: string) => offers.push({ name, reason, lastResort: true });
  if (webgpu === 'hardware') fast('webgpu', 'a GPU, driven directly');
  if (webgl === 'hardware') fast('webgl', 'a GPU, driven through WebGL');
  const count = surroundings.native.threads;
  const threads = count === 1 ? '1 thread' : `${count} threads`;
  fast('wasm', `the processor, compiled code on ${threads}`);
  if (webgpu === 'software') slow('webgpu', 'WebGPU imitated by the processor: slow');
  if (webgl === 'software') slow('webgl', 'WebGL imitated by the processor: slow');
  slow('cpu', 'plain JavaScript: slow for all but small networks');
  return offers;
}
