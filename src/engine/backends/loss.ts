import type { Tf } from '../kernels/tf';
import type { Program } from '../program';
import type { BackendName, Surroundings } from './prepare';

/** Watches a started backend for the end of its device, of which a program learns too late or never. */
export interface LossWatch {
  /** Why the backend can't be relied on any more; `null` while it can. Asks the device itself. */
  reason(): string | null;
  /** Settles as the work does; rejected when the backend is lost meanwhile, since work on a lost one may never end. */
  during<T>(work: Promise<T>): Promise<T>;
  /** The end of the device where that is behind an error: what fails with it often fails a moment before it is told. */
  causeOf(error: unknown): Promise<unknown>;
  stop(): void;
}

/** Milliseconds within which the end of a device is told after the first thing that failed by it. */
const MOMENT = 100;

/** The current backend of tfjs as far as its device is looked at. */
interface WebglBackend {
  readonly gpgpu: {
    readonly gl: { readonly canvas: EventTarget; isContextLost(): boolean };
    /** Fences that a timer asks for every few milliseconds, until all have passed. */
    itemsToPoll: readonly unknown[];
  };
}
interface WebgpuBackend {
  readonly device: EventTarget & { readonly lost: Promise<{ readonly message: string }> };
}

interface Device {
  isLost(): string | null;
  /** Its end is an event, and can't be asked for. */
  readonly tellsLate: boolean;
  stop(): void;
}

/** Watches the backend that is the current one of the tfjs given. */
export function watchBackend(tf: Tf, name: BackendName, { uncaught }: Pick<Surroundings, 'uncaught'>): LossWatch {
  let found: string | null = null;
  const waiting = new Set<(error: Error) => void>();
  const lose = (why: string): void => {
    found ??= why;
    for (const reject of waiting) reject(new Error(found));
    waiting.clear();
  };
  const device = watchDevice(tf, name, lose);
  const stopListening = uncaught?.(lose);
  const reason = () => (found ??= device.isLost());
  const during: LossWatch['during'] = (work) =>
    new Promise((resolve, reject) => {
      waiting.add(reject);
      work.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  return {
    reason,
    during,
    causeOf: async (error) => {
      if (device.tellsLate) await during(new Promise((resolve) => setTimeout(resolve, MOMENT))).catch(() => undefined);
      const lost = reason();
      return lost === null ? error : new Error(lost);
    },
    stop: () => {
      device.stop();
      stopListening?.();
    },
  };
}

function watchDevice(tf: Tf, name: BackendName, lose: (why: string) => void): Device {
  switch (name) {
    case 'webgl':
      return watchWebgl(tf.backend() as unknown as WebglBackend, lose);
    case 'webgpu':
      return watchWebgpu(tf.backend() as unknown as WebgpuBackend, lose);
    case 'wasm':
    case 'cpu':
      return { isLost: () => null, tellsLate: false, stop: () => undefined };
  }
}

function watchWebgl({ gpgpu }: WebglBackend, lose: (why: string) => void): Device {
  const { gl } = gpgpu;
  const onLost = (): void => {
    // No fence of a lost context ever passes, and tfjs would ask for them as long as the worker lives.
    gpgpu.itemsToPoll = [];
    lose('WebGL context lost');
  };
  gl.canvas.addEventListener('webglcontextlost', onLost);
  return {
    // The event waits for its turn, while what is read from a lost context is zeros at once.
    isLost: () => (gl.isContextLost() ? 'WebGL context lost' : null),
    tellsLate: false,
    stop: () => gl.canvas.removeEventListener('webglcontextlost', onLost),
  };
}

function watchWebgpu({ device }: WebgpuBackend, lose: (why: string) => void): Device {
  // A shader or a buffer that is refused takes the work queued with it along, and no call throws.
  const onError = (event: Event): void => {
    const reason =
      'error' in event && event.error instanceof Object && 'message' in event.error ? event.error.message : '';
    lose(`WebGPU reports: ${String(reason)}`);
  };
  device.addEventListener('uncapturederror', onError);
  void device.lost.then(({ message }) => lose(`WebGPU device lost${message && `: ${message}`}`));
  return {
    isLost: () => null,
    tellsLate: true,
    stop: () => device.removeEventListener('uncapturederror', onError),
  };
}

/**
 * The program on a backend that is watched: after the backend's end every method throws, and none gives numbers that
 * were read from what is left of it.
 */
export function watched(program: Program, watch: LossWatch): Program {
  const check = (): void => {
    const reason = watch.reason();
    if (reason !== null) throw new Error(reason);
  };
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    check();
    try {
      const answer = await watch.during(work());
      check();
      return answer;
    } catch (error) {
      throw await watch.causeOf(error);
    }
  };
  const order = <T>(work: () => T): T => {
    check();
    return work();
  };
  return {
    plan: program.plan,
    backend: program.backend,
    step: (batch, learningRate) => order(() => program.step(batch, learningRate)),
    read: () => ask(() => program.read()),
    evaluate: (batches) => ask(() => program.evaluate(batches)),
    predict: (inputs, count) => ask(() => program.predict(inputs, count)),
    activations: (inputs, count) => ask(() => program.activations(inputs, count)),
    gradients: (batch) => ask(() => program.gradients(batch)),
    weights: () => ask(() => program.weights()),
    state: () => ask(() => program.state()),
    restore: (state) => order(() => program.restore(state)),
    mark: () => order(() => program.mark()),
    rewind: () => order(() => program.rewind()),
    diagnose: (batch, learningRate) => ask(() => program.diagnose(batch, learningRate)),
    memory: () => program.memory(),
    dispose: () => {
      watch.stop();
      program.dispose();
    },
  };
}
