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
  /** Resolves when the thread is there, and rejects where it can't be had. */
  readonly ready: Promise<void>;
  /** Whether it is there or not. */
  end(): void;
}

/** What differs between Node and a browser. */
export interface NativeSurroundings {
  /** Addresses of the builds. */
  readonly kernels: Readonly<Record<KernelBuild, string>>;
  readonly threads: number;
  /** null where memory can't be shared. */
  readonly startThread: ((start: ThreadStart) => ThreadHandle) | null;
  /** Without relaxed SIMD even where there is: products and sums are rounded one by one, on all machines alike. */
  readonly plainSimd?: boolean;
  /** Switches on what lies behind a switch. Before anything else. */
  readonly prepare?: () => void;
}
