/* A thread that helps: it gets the kernels and the memory, and stays in them until they send it home. */
(async () => {
  const inNode = typeof self === 'undefined' || typeof self.postMessage !== 'function';
  const port = inNode ? (await import('node:worker_threads')).parentPort : self;
  const begin = ({ module, memory, id, threads, stack, launch }) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    // Each instance begins with the same stack; this one moves to its own.
    exports.__stack_pointer.value = stack;
    port.postMessage('ready');
    try {
      exports.help(id, threads, launch);
    } catch (error) {
      // Nobody waits for it any longer.
      exports.fail();
      throw error;
    }
    port.postMessage('done');
  };
  if (inNode) port.once('message', begin);
  else port.onmessage = ({ data }) => begin(data);
  port.postMessage('here');
})();
