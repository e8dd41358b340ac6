import * as tf from '@tensorflow/tfjs';
import { expose } from 'comlink';
import { browserSurroundings } from '@/engine/backends/browser';
import { type Block, type Contender, type Host, openContender, type Opened, type Repeated } from '../contender';
import type { Engine } from '../rows';
import type { Task } from '../task';

const host: Host = {
  surroundings: browserSurroundings,
  cores: navigator.hardwareConcurrency,
  stock: async () => tf,
};

let contender: Contender | null = null;

/** A contender in a worker, as the product trains. One worker holds one, so stock tfjs is never mended. */
const door = {
  open: async (engine: Engine, task: Task): Promise<Opened> => {
    if (!crossOriginIsolated) throw new Error('The worker is not isolated, so it has no threads.');
    contender = await openContender(engine, task, host);
    return { detail: contender.detail, params: contender.params };
  },
  run: async (what: Repeated, count: number): Promise<Block> => {
    if (!contender) throw new Error('Nothing is open.');
    return contender.run(what, count);
  },
};
export type Door = typeof door;

expose(door);
