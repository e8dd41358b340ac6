import { describe, expect, it } from 'vitest';
import { full, quick } from './effort';
import { measure } from './measure';
import { laneOf } from './testing';

/** Losses that fall by a tenth with each step. */
const falling = (ms: number, first = 2) => {
  let loss = first;
  return (_what: string, count: number) => {
    for (let i = 0; i < count; i += 1) loss *= 0.9;
    return { ms, loss: loss / 0.9 };
  };
};

describe('measuring lanes', () => {
  it('takes turns, there and back, in blocks of about 100 ms', async () => {
    const ran: Parameters<typeof laneOf>[2] = [];
    const lanes = [laneOf('torch-1', falling(10), ran), laneOf('ours-1', falling(50), ran)];
    const found = await measure(lanes, 'step', quick);
    expect([...found.values()]).toEqual([
      { timing: { ms: 10, spread: 0, blocks: 5 } },
      { timing: { ms: 50, spread: 0, blocks: 5 } },
    ]);
    const there = [
      { engine: 'torch-1', count: 10 },
      { engine: 'ours-1', count: 2 },
    ];
    expect(ran.slice(-10)).toEqual([0, 1, 2, 3, 4].flatMap((round) => (round % 2 === 0 ? there : there.toReversed())));
  });

  it('lets a slow lane do the fewest rounds, one of them to warm up', async () => {
    const ran: Parameters<typeof laneOf>[2] = [];
    await measure([laneOf('torch-1', falling(100)), laneOf('tfjs-cpu', falling(20_000), ran)], 'step', full);
    expect(ran.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  });

  it('counts the first repetition where it takes very long', async () => {
    const lane = laneOf('tfjs-cpu', falling(60_000));
    expect((await measure([lane], 'step', full)).get(lane)).toEqual({ timing: { ms: 60_000, spread: 0, blocks: 3 } });
    expect((await measure([lane], 'step', quick)).get(lane)).toEqual({ timing: { ms: 60_000, spread: 0, blocks: 1 } });
  });

  it('finds out who computes something else, from the first step or the second', async () => {
    const otherGradient = (() => {
      let step = 0;
      return () => ({ ms: 5000, loss: 2 * 0.95 ** step++ });
    })();
    const lanes = [
      laneOf('torch-1', falling(100)),
      laneOf('ours-1', falling(100, 2.01)),
      laneOf('ours', otherGradient),
      laneOf('tfjs-cpu', falling(5000, 2.00001)),
    ];
    const found = await measure(lanes, 'step', quick);
    expect([...lanes.map((lane) => found.get(lane))]).toEqual([
      { timing: expect.anything() },
      { fault: expect.stringContaining('its loss at step 1 is 2.01') },
      { fault: expect.stringContaining('its loss at step 2 is 1.9') },
      { timing: expect.anything() },
    ]);
  });

  it('goes on without a lane that breaks down or diverges', async () => {
    let ran = 0;
    const lanes = [
      laneOf('torch-1', falling(100)),
      laneOf('ours-1', () => {
        ran += 1;
        if (ran > 4) throw new Error('out of memory');
        return { ms: 100, loss: 2 * 0.9 ** (ran - 1) };
      }),
      laneOf('ours', () => {
        throw new Error('no such kernel');
      }),
    ];
    const found = await measure(lanes, 'step', quick);
    expect([...lanes.map((lane) => found.get(lane))]).toEqual([
      { timing: { ms: 100, spread: 0, blocks: 5 } },
      { fault: 'out of memory' },
      { fault: 'no such kernel' },
    ]);
  });
});
