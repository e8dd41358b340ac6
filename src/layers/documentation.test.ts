import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { layerPage, layersIndex } from './documentation';
import { layers } from './registry';

const folder = fileURLToPath(new URL('../../docs/layers/', import.meta.url));
const all = [...layers.values()];
const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8');

/** Pages are made by `npm run docs`; one that differs is to be made again and looked at. */
describe('the documentation', () => {
  it('has a page for each layer and none besides', () => {
    expect(readdirSync(folder).sort()).toEqual(['README.md', ...all.map(({ type }) => `${type}.md`)].sort());
    expect(read('README.md')).toBe(layersIndex(all));
  });

  it.each(all.map((definition) => [definition.type, definition] as const))('of %s says what its definition says', (type, definition) => {
    expect(read(`${type}.md`)).toBe(layerPage(definition));
  });
});
