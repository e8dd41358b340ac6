import type { GradConfig, KernelConfig, KernelFunc, Tf } from './tf';

/** What this room has registered: installing twice must not wrap a mend in itself. */
const ours = new WeakSet<object>();

/**
 * Replaces or adds a kernel of one backend, without tfjs's warning about a second registration.
 * Does nothing where the backend's package is not loaded, or where the mend is in place already.
 * @param make gets the stock kernel, `null` where the backend lacks it.
 */
export function mendKernel(
  tf: Tf,
  backendName: string,
  kernelName: string,
  make: (stock: KernelFunc | null) => KernelFunc,
): void {
  if (tf.getKernelsForBackend(backendName).length === 0) return;
  const stock: KernelConfig | undefined = tf.getKernel(kernelName, backendName);
  if (stock && ours.has(stock)) return;
  if (stock) tf.unregisterKernel(kernelName, backendName);
  const config: KernelConfig = { ...stock, kernelName, backendName, kernelFunc: make(stock?.kernelFunc ?? null) };
  ours.add(config);
  tf.registerKernel(config);
}

/** Replaces the gradient of a kernel by one built on the stock one, on every backend. */
export function mendGradient(tf: Tf, kernelName: string, make: (stock: GradConfig) => GradConfig): void {
  const stock: GradConfig | undefined = tf.getGradient(kernelName);
  if (stock && !ours.has(stock)) setGradient(tf, make(stock));
}

/** Gives a kernel its gradient, on every backend, in place of the stock one where there is one. */
export function setGradient(tf: Tf, config: GradConfig): void {
  const stock: GradConfig | undefined = tf.getGradient(config.kernelName);
  if (stock && ours.has(stock)) return;
  if (stock) tf.unregisterGradient(config.kernelName);
  ours.add(config);
  tf.registerGradient(config);
}
