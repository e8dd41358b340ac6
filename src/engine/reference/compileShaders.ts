import type { Tf } from '../kernels/tf';
import { yieldToEvents } from './tensors';

/** The part of the webgpu backend that many compilations at once take: pipelines that are not there yet are promises. */
interface WebgpuCache {
  readonly pipelineCache: Record<string, object | Promise<object>>;
}

/** The part of the webgl backend that many compilations at once take. */
interface WebglCache {
  /** Their variables are located once they are linked. */
  readonly binaryCache: Record<
    string,
    { readonly webGLProgram: WebGLProgram; readonly variablesLocations: object | null }
  >;
  readonly gpgpu: {
    readonly gl: WebGL2RenderingContext;
    readonly parallelCompilationExtension: { readonly COMPLETION_STATUS_KHR: number } | null;
  };
  /** Of all shaders, once they are linked. */
  getUniformLocations(): void;
}

/** Milliseconds between two looks at what is compiled. */
const LOOK_EVERY = 10;

const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));

/** Whether the current backend compiles what it runs. */
export const hasShaders = (tf: Tf): boolean => ['webgl', 'webgpu'].includes(tf.getBackend());

/**
 * Compiles the shaders that `body` runs, many at once and aside from this thread, on webgl and webgpu; elsewhere does
 * nothing. `body` runs without computing: its tensors hold no numbers. A shader that does not compile is left to be
 * compiled when it is first run, which says what is wrong with it.
 * @param onProgress is told the share that is compiled, from 0 to 1.
 */
export async function compileShaders(tf: Tf, body: () => void, onProgress: (share: number) => void): Promise<void> {
  const { backend } = tf.engine();
  switch (tf.getBackend()) {
    case 'webgl':
      compileOnly(tf, 'ENGINE_COMPILE_ONLY', body);
      return linked(backend as object as WebglCache, onProgress);
    case 'webgpu':
      compileOnly(tf, 'WEBGPU_ENGINE_COMPILE_ONLY', body);
      return settled(backend as object as WebgpuCache, onProgress);
  }
}

function compileOnly(tf: Tf, flag: string, body: () => void): void {
  tf.env().set(flag, true);
  try {
    body();
  } catch {
    // Whatever it is, it comes again, and is told of, when the work is done in earnest.
  } finally {
    tf.env().set(flag, false);
  }
}

async function settled({ pipelineCache }: WebgpuCache, onProgress: (share: number) => void): Promise<void> {
  const pending = Object.entries(pipelineCache).filter(([, pipeline]) => pipeline instanceof Promise);
  let done = 0;
  await Promise.all(
    pending.map(async ([key, promise]) => {
      try {
        pipelineCache[key] = await promise;
      } catch {
        delete pipelineCache[key];
      }
      done += 1;
      onProgress(done / pending.length);
    }),
  );
}

async function linked(backend: WebglCache, onProgress: (share: number) => void): Promise<void> {
  const { binaryCache } = backend;
  const { gl, parallelCompilationExtension: parallel } = backend.gpgpu;
  const all = Object.entries(binaryCache).filter(([, { variablesLocations }]) => variablesLocations === null);
  let pending = all;
  while (pending.length > 0) {
    // Without the extension asking waits for the answer: one shader at a time, so that messages get through between.
    const ready = parallel
      ? pending.filter(([, { webGLProgram }]) => gl.getProgramParameter(webGLProgram, parallel.COMPLETION_STATUS_KHR))
      : pending.slice(0, 1);
    for (const [key, { webGLProgram }] of ready) {
      if (!gl.getProgramParameter(webGLProgram, gl.LINK_STATUS) && !gl.isContextLost()) delete binaryCache[key];
    }
    pending = pending.filter((each) => !ready.includes(each));
    if (ready.length > 0) onProgress(1 - pending.length / all.length);
    await (ready.length > 0 ? yieldToEvents() : wait());
  }
  backend.getUniformLocations();
}
