/**
 * Training and inference side by side in one run: ours, stock tfjs on each of its backends, and PyTorch, in Node and in
 * Chromium. `npm run bench -- train --help` tells the options; ends with 1 where a bar is missed or something got slower.
 */
const [first, ...others] = process.argv.slice(2);

if (first === 'serve') {
  const { serve } = await import('./train/serve');
  await serve();
} else {
  const { main } = await import('./train/conduct');
  process.exitCode = await main(first === undefined ? others : [first, ...others]);
}
export {};
