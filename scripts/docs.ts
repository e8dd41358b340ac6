// Writes the pages of docs/layers from the definitions.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { layerPage, layersIndex } from '@/layers/documentation';
import { layers } from '@/layers/registry';

const folder = 'docs/layers';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const all = [...layers.values()];
for (const definition of all) writeFileSync(`${folder}/${definition.type}.md`, layerPage(definition));
writeFileSync(`${folder}/README.md`, layersIndex(all));
console.log(`${all.length} pages in ${folder}.`);
