import { describe, expect, it } from 'vitest';
import { layers } from '@/layers/registry';
import { variantsOf } from './variants';

describe('the palette’s rows', () => {
  const rows = variantsOf([...layers.values()]);

  it('hold every layer once', () => {
    const shown = rows.flatMap(({ main, others }) => [main, ...others.map(({ layer }) => layer)]).map(({ type }) => type);
    expect(shown.sort()).toEqual([...layers.keys()].sort());
  });

  it('show the layer of images where there are others for sequences and volumes', () => {
    const row = rows.find(({ main }) => main.type === 'zeroPadding2d');
    expect(row?.others.map(({ label, layer }) => [label, layer.type])).toEqual([
      ['1D', 'zeroPadding1d'],
      ['3D', 'zeroPadding3d'],
    ]);
    expect(rows.find(({ main }) => main.type === 'flatten')?.others).toEqual([]);
  });
});
