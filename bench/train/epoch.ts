import type { TrainingJob } from '@/training/protocol';
import type { Bench, EpochTime } from './browser/page';
import { openBenchPage, type Site } from './lanes/browser';
import { torchEpoch } from './lanes/node';
import { networks } from './networks';
import type { Row } from './rows';
import { interquartileRange, median } from './statistics';
import { taskOf } from './task';

declare const bench: Bench;

const NET = 'lenet-5';

/** One epoch of all 60,000 images of Fashion-MNIST, then the test, as the application performs a run. */
function jobOf(): TrainingJob {
  const task = taskOf(NET);
  return {
    plan: task.plan,
    recipe: {
      ...networks[NET].document().recipe,
      optimizer: { type: 'momentum', params: { momentum: task.momentum } },
      learningRate: task.learningRate,
      schedule: { type: 'constant', params: {} },
      batchSize: task.batch,
      epochs: 1,
      validation: 0,
    },
    seed: 1,
    dataset: 'fashion-mnist',
    backend: 'wasm',
  };
}

async function oursInBrowser(site: Site): Promise<EpochTime> {
  const { browser, page } = await openBenchPage(site, 'none');
  try {
    return await page.evaluate((job) => bench.perform(job), jobOf());
  } finally {
    await browser.close();
  }
}

/** What both have learned after it differs by so much at most; batches come in another order. */
const SAME_ACCURACY = 0.05;

/**
 * Whole epochs of LeNet-5 in turns: ours in the browser, if there is a site, and PyTorch's on one thread, if there is a
 * Python.
 */
export async function measureEpochs(
  site: Site | null,
  python: string | null,
  repetitions: number,
): Promise<readonly Row[]> {
  const ours: { readonly ms: number; readonly accuracy: number | null }[] = [];
  const torch: typeof ours = [];
  for (let i = 0; i < repetitions; i += 1) {
    if (site) ours.push(await oursInBrowser(site));
    if (python !== null) torch.push(await torchEpoch(python, 'torch-1', taskOf(NET)));
  }
  const [our, their] = [ours[0]?.accuracy, torch[0]?.accuracy];
  if (our && their && Math.abs(our - their) > SAME_ACCURACY) {
    throw new Error(
      `After one epoch ours tells ${our} of the test images right, PyTorch's ${their}: that is not the same run.`,
    );
  }
  const row = (engine: 'ours' | 'torch-1', times: typeof ours): readonly Row[] => {
    if (times.length === 0) return [];
    const all = times.map(({ ms }) => ms);
    const where = engine === 'ours' ? ('browser' as const) : ('node' as const);
    const { batch } = networks[NET];
    return [
      {
        net: NET,
        batch,
        engine,
        where,
        what: 'epoch',
        ms: median(all),
        spread: interquartileRange(all),
        blocks: all.length,
      },
    ];
  };
  return [...row('torch-1', torch), ...row('ours', ours)];
}
