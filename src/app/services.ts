import ELK from 'elkjs/lib/elk-api';
import elkWorkerUrl from 'elkjs/lib/elk-worker.min.js?url';
import { toast } from 'sonner';
import { elkGraph, elkPositions } from '@/graph/layout';
import type { Services } from '@/state/desk';

/** What the desk asks of the browser. */
export function browserServices(): Services {
  let elk: InstanceType<typeof ELK> | null = null;
  return {
    layout: async (document) => {
      // The worker starts with the first layout; small networks never wait for it at the start.
      elk ??= new ELK({ workerUrl: elkWorkerUrl, workerFactory: (url) => new Worker(url ?? elkWorkerUrl) });
      try {
        return elkPositions(document, await elk.layout(elkGraph(document)));
      } catch {
        toast('The automatic layout failed; nothing was moved.');
        return {};
      }
    },
    download: (name, content) => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(content);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    },
    chooseFiles: () =>
      new Promise((resolve) => {
        const input = document.createElement('input');
        input.type = 'file';
        input.multiple = true;
        input.onchange = () => resolve([...(input.files ?? [])]);
        input.oncancel = () => resolve([]);
        input.click();
      }),
    clipboard: {
      write: (text) => navigator.clipboard.writeText(text),
      read: () => navigator.clipboard.readText(),
    },
    notify: (message, action) => {
      toast(message, action ? { action: { label: action.label, onClick: action.run } } : {});
    },
  };
}
