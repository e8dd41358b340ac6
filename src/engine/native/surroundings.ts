/** Fused multiply-adds or not, threads or not: four builds of the same kernels. */
export type KernelBuild = 'simd' | 'relaxed' | 'simd-threads' | 'relaxed-threads';

/** What a further thread is told. */
export interface ThreadStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** From 1 on; the one that calls is 0. */
  readonly id: number;
  readonly threads: number;
  /** Address of the end of its stack, which grows down. */
  readonly stack: number;
  /** Number of launches so far. */
  readonly launch: number;
}

export interface ThreadHandle {
  end(): void;
}

/** What differs between Node and a browser. */
export interface NativeSurroundings {
  /** Addresses of the builds. */
  readonly kernels: Readonly<Record<KernelBuild, string>>;
  readonly threads: number;
  /** Resolves when the thread is there; null where memory can't be shared. */
  readonly startThread: ((start: ThreadStart) => Promise<ThreadHandle>) | null;
  /** Switches on what lies behind a switch. Before anything else. */
  readonly prepare?: () => void;
}
