import { compile } from '@/compiler/compile';
import { openPreset, presetIds } from '@/formats/presets';
import { exitCode, unreadable } from './exit';
import { table } from './table';

/** The documents that come with Layerloom: `[{id, title, dataset, params}]`. */
export function presets({ json }: { readonly json?: boolean }): number {
  const list = presetIds.map((id) => {
    const opened = openPreset(id);
    if (!opened.ok) throw unreadable(opened.error);
    const { name, dataset } = opened.value;
    return { id, title: name, dataset, params: compile(opened.value).plan?.totals.params ?? 0 };
  });
  const rows = list.map(({ id, title, dataset, params }) => [id, title, dataset ?? '', params.toLocaleString('en')]);
  rows.unshift(['Id', 'Title', 'Dataset', 'Parameters']);
  process.stdout.write(`${json ? JSON.stringify(list) : table(rows, [3])}\n`);
  return exitCode.done;
}
