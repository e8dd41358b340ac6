import { describe, expect, it } from 'vitest';
import { problem } from '@/core/problem';
import { err, ok } from '@/core/result';
import type { BackendOffer } from '@/engine/backends/available';
import type { ProgramOptions } from '@/engine/program';
import { networks, planOf } from '@/engine/testing/plans';
import { defaultRecipe } from '@/recipe/recipe';
import { timesKey, type ChoiceMemory, type KeptTimes } from './choiceMemory';
import { createControl } from './control';
import type { BackendChoice, BackendName } from './protocol';
import { runBackends } from './runBackends';
import { fakeBatches, FakeProgram, fakePlan } from './testing';

const offer = (name: BackendName, lastResort = false): BackendOffer => ({ name, reason: `about ${name}`, lastResort });
const offers = [offer('webgpu'), offer('webgl'), offer('wasm'), offer('cpu', true)];
const options: ProgramOptions = { recipe: { ...defaultRecipe, batchSize: 4 }, seed: 1, task: 'classes' };

function memory(): ChoiceMemory & { readonly kept: Map<string, KeptTimes> } {
  const kept = new Map<string, KeptTimes>();
  const done = (work: unknown) => Promise.resolve(void work);
  return {
    kept,
    recall: (key) => Promise.resolve(kept.get(key) ?? null),
    keep: (key, times) => done(kept.set(key, times)),
    forget: (key) => done(kept.delete(key)),
    clear: () => done(kept.clear()),
  };
}

/** A machine on which each backend takes so many milliseconds a step; those without a time don't start. */
function machine(
  ms: Partial<Record<BackendName, number>>,
  change: { macs?: number; backend?: BackendChoice; times?: ChoiceMemory } = {},
) {
  const time = { ms: 0 };
  const opened: string[] = [];
  const stages: string[] = [];
  const control = createControl();
  const times = change.times ?? memory();
  const plan = { ...fakePlan, totals: { ...fakePlan.totals, macs: change.macs ?? 1e9 } };
  const backends = runBackends({ plan, backend: change.backend ?? 'auto' }, options, fakeBatches(), 0.1, {
    offers: () => Promise.resolve(offers),
    openProgram: (_plan, name) => {
      opened.push(name);
      const takes = name === 'auto' ? undefined : ms[name];
      if (takes === undefined) return Promise.resolve(err(problem('backend.unavailable', `${name} does not start.`)));
      if (Number.isNaN(takes)) return Promise.reject(new Error('out of memory'));
      return Promise.resolve(ok(new FakeProgram(time, null, takes, name)));
    },
    times,
    clock: () => time.ms,
    yieldToHost: () => Promise.resolve(),
    control,
  });
  const first = async () => {
    const found = await backends.first((what) => stages.push(what));
    if (!found.ok) throw new Error(found.error.message);
    return found.value;
  };
  const next = async (which?: 'any' | 'quick') =>
    (await backends.next((what) => stages.push(what), which))?.backend ?? null;
  return { backends, first, next, opened, stages, control, times };
}

describe('the backends of a run', () => {
  it('are timed at the first start and remembered at the second, until that is forgotten', async () => {
    const times = memory();
    const ms = { webgpu: 30, webgl: 20, wasm: 8 };
    const timed = machine(ms, { times });
    expect((await timed.first()).report).toMatchObject({ name: 'wasm', how: 'timed', trials: { length: 4 } });
    expect(timed.stages).toEqual(['Timing webgpu …', 'Timing webgl …', 'Trying wasm …', 'Timing wasm …']);

    const again = machine(ms, { times });
    const { report, program } = await again.first();
    expect([report.how, report.name, program.backend]).toEqual(['remembered', 'wasm', 'wasm']);
    expect(report.trials.map((trial) => trial.ms)).toEqual([30, 20, 8, null]);
    expect([again.opened, again.stages]).toEqual([['wasm'], []]);

    await again.backends.distrust();
    expect((await machine(ms, { times }).first()).report.how).toBe('timed');
  });

  it('are timed anew where the remembered one no longer starts', async () => {
    const times = memory();
    await machine({ webgpu: 5, wasm: 50 }, { times }).first();
    const without = machine({ webgl: 20, wasm: 50 }, { times });
    expect((await without.first()).report).toMatchObject({ name: 'webgl', how: 'timed' });
  });

  it('are not remembered when the timing was cut short', async () => {
    const times = memory();
    const { first, control } = machine({ webgpu: 5, webgl: 5, wasm: 5 }, { times });
    control.stop();
    await first().catch(() => undefined);
    expect(times.kept.size).toBe(0);
  });

  it('asked for by name are neither timed nor replaced at the start', async () => {
    const { first, opened } = machine({ wasm: 5, cpu: 5 }, { backend: 'cpu' });
    expect((await first()).report).toEqual({ name: 'cpu', how: 'asked', trials: [] });
    expect(opened).toEqual(['cpu']);
    await expect(machine({ wasm: 5 }, { backend: 'webgl' }).first()).rejects.toThrow('webgl does not start.');
  });

  it('go on with the next fastest, each once, those that were not timed last', async () => {
    const { first, next } = machine({ webgpu: 10, webgl: 40, wasm: 20, cpu: 900 });
    expect((await first()).report.name).toBe('webgpu');
    expect([await next(), await next(), await next(), await next()]).toEqual(['wasm', 'webgl', 'cpu', null]);
  });

  it('pass over one that throws when it is opened', async () => {
    const { first, next, stages } = machine({ webgl: NaN, wasm: 20, cpu: 900 }, { backend: 'wasm' });
    await first();
    expect(await next()).toBe('cpu');
    expect(stages.at(-1)).toContain('webgl ran out of memory');
  });

  it('ask no slow one for its opinion about a large network', async () => {
    const large = machine({ wasm: 20, cpu: 900 }, { backend: 'wasm' });
    await large.first();
    expect(await large.next('quick')).toBeNull();
    const small = machine({ wasm: 20, cpu: 900 }, { backend: 'wasm', macs: 1000 });
    await small.first();
    expect(await small.next('quick')).toBe('cpu');
  });
});

describe('what is remembered of a network', () => {
  const plan = planOf(networks['an MLP']!);
  const key = (change: Partial<ProgramOptions['recipe']> = {}, of = plan, seen = offers) =>
    timesKey(of, { ...options, recipe: { ...options.recipe, ...change } }, seen);

  it('holds for the same work under other names and rates', () => {
    const renamed = {
      ...plan,
      name: 'another',
      layers: plan.layers.map((layer) => ({ ...layer, name: `${layer.name}2` })),
    };
    expect(key({}, renamed)).toBe(key());
    expect(key({ weightDecay: 0.1 })).toBe(key());
    expect(timesKey(plan, { ...options, seed: 9 }, offers)).toBe(key());
  });

  it('does not hold for another batch size, optimizer, shape or choice of backends', () => {
    const wider = planOf(
      networks['an MLP']!.map((entry) =>
        entry[0] === 'h1' ? ['h1', 'dense', { units: 8, activation: 'tanh' }] : entry,
      ),
    );
    const keys = [
      key(),
      key({ batchSize: 5 }),
      key({ optimizer: { type: 'sgd', params: {} } }),
      key({}, wider),
      key({}, plan, offers.slice(1)),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
