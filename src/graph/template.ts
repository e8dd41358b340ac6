import type { Shape } from '@/core/shape';
import type { Graph, Port } from './document';

/** Layers that belong together, with the wires among them; placed from 0, 0. */
export interface Fragment extends Graph {
  /** Inputs that all take what comes in. */
  readonly entries: readonly Port[];
  /** The output that goes on. */
  readonly exit: Port;
}

/** A piece of network that is put on the canvas as single layers. Putting its file into `templates` registers it. */
export interface Template {
  /** Camel case: `squeezeExcite`. */
  readonly id: string;
  readonly title: string;
  /** One sentence, for palette and search. */
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly reference: string;
  /** @param input shape of what comes in; `null` where it is unknown, and then the usual sizes are taken. */
  fragment(input: Shape | null): Fragment;
}

const modules = import.meta.glob<Readonly<Record<string, Template>>>(['./templates/*.ts', '!./**/*.test.ts'], {
  eager: true,
});

/** All templates, by id, in the order of their titles. */
export const templates: ReadonlyMap<string, Template> = new Map(
  Object.values(modules)
    .flatMap((module) => Object.values(module))
    .sort((a, b) => a.title.localeCompare(b.title, 'en'))
    .map((template) => [template.id, template]),
);
