import { describe, expect, it } from 'vitest';
import { documentOf, type Entry } from '@/compiler/testing/draw';
import { compile } from './compile';

const image = (...shape: readonly number[]): Entry => ['in', 'input', { shape }];
const pads = (n: number) => [[n, n], [n, n]];
const conv = (id: string, kernel: number, stride = 1, pad = 0, from?: readonly string[]): Entry => [
  id,
  'conv2d',
  { filters: 2, kernel: [kernel, kernel], stride: [stride, stride], padding: pads(pad) },
  from,
];
const pool = (id: string, size: number, stride: number): Entry => [
  id,
  'maxPool2d',
  { pool: [size, size], stride: [stride, stride] },
];

/** Fields with respect to the first input, by layer. */
function fieldsOf(entries: readonly Entry[]) {
  const { fields } = compile(documentOf(entries));
  return (id: string) => fields.get(id)?.[0]?.axes;
}
const sizes = (entries: readonly Entry[], ids: readonly string[]) => {
  const fieldOf = fieldsOf(entries);
  return ids.map((id) => {
    const axes = fieldOf(id);
    return axes === 'all' ? axes : axes?.[0]?.size;
  });
};

describe('receptive fields of the course’s networks', () => {
  // By hand: 5, 5 + 1 = 6, 6 + 4·2 = 14, 14 + 1·2 = 16.
  it('LeNet-5: 5, 6, 14 and 16 cells, then all of the image', () => {
    const lenet = [image(28, 28, 1), conv('c1', 5, 1, 2), pool('p1', 2, 2), conv('c2', 5), pool('p2', 2, 2), ['f', 'flatten'] as const, ['d', 'dense'] as const];
    expect(sizes(lenet, ['in', 'c1', 'p1', 'c2', 'p2', 'f', 'd'])).toEqual([1, 5, 6, 14, 16, 'all', 'all']);
    // Padding 2 puts the middle of the first 5 at cell 0; the pool's first window spans two of them.
    expect(fieldsOf(lenet)('c1')?.[0]).toEqual({ size: 5, stride: 1, centre: 0 });
    expect(fieldsOf(lenet)('p1')?.[0]).toEqual({ size: 6, stride: 2, centre: 0.5 });
  });

  it('AlexNet: 195 at the last pool, 32 apart', () => {
    const alexnet = [
      image(227, 227, 3), conv('c1', 11, 4), pool('p1', 3, 2), conv('c2', 5, 1, 2), pool('p2', 3, 2),
      conv('c3', 3, 1, 1), conv('c4', 3, 1, 1), conv('c5', 3, 1, 1), pool('p5', 3, 2),
    ];
    expect(fieldsOf(alexnet)('p5')).toMatchObject([{ size: 195, stride: 32 }, { size: 195, stride: 32 }]);
  });

  // Araujo, Norris & Sim 2019, table: 212 and 16 at its last pool.
  it('VGG-16: 196 at its last convolution, 212 at its last pool, 32 apart', () => {
    const stages = [2, 2, 3, 3, 3].flatMap((count, stage) => [
      ...Array.from({ length: count }, (_, i) => conv(`c${stage}${i}`, 3, 1, 1)),
      pool(`p${stage}`, 2, 2),
    ]);
    const vgg = [image(224, 224, 3), ...stages];
    expect(sizes(vgg, ['c42', 'p4'])).toEqual([196, 212]);
    expect(fieldsOf(vgg)('p4')).toMatchObject([{ stride: 32 }, { stride: 32 }]);
  });

  // Araujo, Norris & Sim 2019, table: ResNet-50 has 483, 32 apart; its strides stand in the first 1×1 of a stage.
  it('ResNet-50: 483 and 32 apart, over all of its skips', () => {
    const blocks: Entry[] = [];
    let at = 'p1';
    [3, 4, 6, 3].forEach((count, stage) => {
      for (let i = 0; i < count; i += 1) {
        const id = `s${stage}b${i}`;
        const stride = i === 0 && stage > 0 ? 2 : 1;
        blocks.push(conv(`${id}x`, 1, stride, 0, [at]), conv(`${id}y`, 3, 1, 1), conv(`${id}z`, 1));
        blocks.push(conv(`${id}s`, 1, stride, 0, [at]), [`${id}a`, 'add', {}, [`${id}z`, `${id}s`]]);
        at = `${id}a`;
      }
    });
    const resnet: readonly Entry[] = [
      image(224, 224, 3),
      conv('c', 7, 2, 3),
      ['pad', 'zeroPadding2d', { top: 1, bottom: 1, left: 1, right: 1 }],
      pool('p1', 3, 2),
      ...blocks,
    ];
    expect(fieldsOf(resnet)(at)).toMatchObject([{ size: 483, stride: 32 }, { size: 483, stride: 32 }]);
  });
});

describe('how fields grow', () => {
  it('three layers of 3×3 see what one of 7×7 sees', () => {
    const stack = [image(16, 16, 2), conv('a', 3), conv('b', 3), conv('c', 3)];
    expect(fieldsOf(stack)('c')).toEqual(fieldsOf([image(16, 16, 2), conv('c', 7)])('c'));
    expect(sizes(stack, ['a', 'b', 'c'])).toEqual([3, 5, 7]);
  });

  // Yu & Koltun 2016, "Multi-scale context aggregation by dilated convolutions", figure 1.
  it('dilations 1, 2, 4 give 3, 7, 15', () => {
    const dilated = [1, 2, 4].map((d): Entry => [`d${d}`, 'conv2d', { kernel: [3, 3], dilation: [d, d], padding: pads(d) }]);
    expect(sizes([image(32, 32, 1), ...dilated], ['d1', 'd2', 'd4'])).toEqual([3, 7, 15]);
  });

  it('axes keep their own sizes, strides and padding', () => {
    const entry: Entry = ['c', 'conv2d', { kernel: [3, 5], stride: [2, 1], padding: [[0, 0], [1, 3]] }];
    expect(fieldsOf([image(11, 11, 1), entry])('c')).toEqual([
      { size: 3, stride: 2, centre: 1 },
      { size: 5, stride: 1, centre: 1 },
    ]);
  });

  it('paths that meet see together what each sees', () => {
    const entries: readonly Entry[] = [image(9, 9, 2), conv('a', 3, 1, 1), ['b', 'conv2d', { filters: 2, kernel: [3, 3], padding: [[0, 2], [0, 2]] }, ['in']], ['s', 'add', {}, ['a', 'b']]];
    // −1 … 1 and 0 … 2.
    expect(fieldsOf(entries)('s')?.[0]).toEqual({ size: 4, stride: 1, centre: 0.5 });
  });

  it('tells of each input apart', () => {
    const entries: readonly Entry[] = [
      image(9, 9, 2), conv('a', 3), ['in2', 'input', { shape: [7, 7, 2] }], conv('b', 1), ['s', 'add', {}, ['a', 'b']],
    ];
    const { fields } = compile(documentOf(entries));
    expect(fields.get('s')?.map(({ input, axes }) => [input, axes === 'all' ? axes : axes[0]?.size])).toEqual([['in', 3], ['in2', 1]]);
  });

  it('a vector has no axes to look along', () => {
    expect(fieldsOf([image(5), ['d', 'dense']])('d')).toEqual([]);
  });
});
