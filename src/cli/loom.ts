import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { layerloomVersion } from '@/formats/version';
import { check, type CheckOptions } from './check';
import { Exit, exitCode } from './exit';
import { exportFile, type ExportOptions } from './export';
import { presets } from './presets';
import type { TrainOptions } from './train';

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value < 2 ** 32) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
  };
}

/** Every command gives the exit status; what goes wrong comes as an `Exit`. */
function commandLine(end: (code: number) => void): Command {
  const program = new Command('loom')
    .description('Layerloom’s core without its screen: check, train and export neural networks.')
    .version(layerloomVersion)
    .exitOverride();

  program
    .command('check')
    .description('Shapes, parameters and problems of a document. Exit status 1 when it has errors.')
    .argument('<file>', 'a document, or the id of a preset')
    .option('--strict', 'a division that is not whole is an error')
    .option('--json', 'as JSON')
    .action(async (file: string, options: CheckOptions) => end(await check(file, options)));

  program
    .command('train')
    .description('Trains a document: results on stdout, progress on stderr. Exit status 3 when it diverges.')
    .argument('<file>', 'a document, or the id of a preset')
    .option('--dataset <id or path>', 'instead of the document’s: a dataset, or a folder with idx files')
    .option('--epochs <n>', 'instead of the recipe’s', whole(1))
    .option('--batch <n>', 'examples in a batch, instead of the recipe’s', whole(1))
    .option('--limit <n>', 'at most so many examples of each part', whole(1))
    .option('--seed <n>', 'instead of the document’s', whole(0))
    .addOption(new Option('--backend <name>', 'where it is computed').choices(['wasm', 'cpu', 'auto']).default('wasm'))
    .option('--out <dir>', 'writes document, weights and curves there')
    .option('--json', 'a JSON line per epoch, and a last one')
    .action(async (file: string, options: TrainOptions) => {
      // tfjs takes longer to load than the other commands to run.
      const { train } = await import('./train');
      end(await train(file, options));
    });

  program
    .command('export')
    .description('Writes a document in another format.')
    .argument('<file>', 'a document, or the id of a preset')
    .requiredOption('--to <format>', 'document or tfjs')
    .requiredOption('--out <path>', 'the file to write')
    .option('--weights <dir>', 'what train --out wrote')
    .action(async (file: string, options: ExportOptions) => end(await exportFile(file, options)));

  program
    .command('presets')
    .description('The documents that come with Layerloom.')
    .option('--json', 'as JSON')
    .action((options: { readonly json?: boolean }) => end(presets(options)));

  return program;
}

/** Runs the command line; resolves to its exit status. Messages go to stderr, without a stack. */
export async function main(words: readonly string[]): Promise<number> {
  let status: number = exitCode.done;
  try {
    await commandLine((code) => (status = code)).parseAsync([...words], { from: 'user' });
    return status;
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.unreadable;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof Exit ? error.code : exitCode.unreadable;
  }
}
