/**
 * Gives way to waiting messages and timers, then goes on: by a message to itself, which hidden tabs don't delay as they
 * do timers and animation frames. In Node a port would keep the process alive, and `setImmediate` does the same.
 */
export function createYield(): () => Promise<void> {
  if (typeof setImmediate === 'function') return () => new Promise((resolve) => void setImmediate(resolve));
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
