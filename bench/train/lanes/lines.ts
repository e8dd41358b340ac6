import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { peakOf } from './peak';

/** A process that answers each line of JSON with one. */
export interface Answering {
  ask<T>(question: object): Promise<T>;
  peakBytes(): number | null;
  close(): Promise<void>;
}

/** How much of what a process complained of is kept. */
const COMPLAINT = 2000;

/** An answer `{error}` becomes an exception, and so does the process's end. */
export function startAnswering(command: string, args: readonly string[]): Answering {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let waiting: { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }[] = [];
  let complaint = '';
  let ended: Error | null = null;
  child.stderr.on('data', (text: Buffer) => {
    complaint = (complaint + text.toString()).slice(-COMPLAINT);
  });
  const gone = new Promise<void>((resolve) => {
    const end = (why: string) => {
      ended ??= new Error(`${command} ended (${why}). ${complaint}`);
      for (const { reject } of waiting) reject(ended);
      waiting = [];
      resolve();
    };
    child.on('error', ({ message }) => end(message));
    child.on('close', (code, signal) => end(signal ?? `exit code ${code}`));
  });
  createInterface(child.stdout).on('line', (line) => {
    const [asked, ...others] = waiting;
    waiting = others;
    const answer = JSON.parse(line) as { readonly error?: string };
    if (answer.error === undefined) asked?.resolve(answer);
    else asked?.reject(new Error(answer.error));
  });
  return {
    ask: <T>(question: object) =>
      new Promise<T>((resolve, reject) => {
        if (ended) return reject(ended);
        waiting = [...waiting, { resolve: (answer) => resolve(answer as T), reject }];
        child.stdin.write(`${JSON.stringify(question)}\n`);
      }),
    peakBytes: () => peakOf(child.pid),
    close: async () => {
      child.kill();
      await gone;
    },
  };
}
