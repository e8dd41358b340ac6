import type { Desk } from '../desk';
import { layOut } from '../desktop';
import { command } from './define';

const drawn = ({ documents, viewport }: Desk) => viewport.current !== null && documents.getState().drawing.nodes.length > 0;

export const fit = command({
  id: 'view.fit',
  group: 'View',
  title: 'Fit the network',
  keys: ['0', 'home'],
  onCanvas: true,
  keywords: ['zoom', 'centre'],
  enabled: drawn,
  run: ({ viewport }) => viewport.current?.fit(),
});

export const zoomIn = command({
  id: 'view.zoomIn',
  group: 'View',
  title: 'Zoom in',
  keys: ['+', '='],
  onCanvas: true,
  run: ({ viewport }) => viewport.current?.zoomIn(),
});

export const zoomOut = command({
  id: 'view.zoomOut',
  group: 'View',
  title: 'Zoom out',
  keys: ['-'],
  onCanvas: true,
  run: ({ viewport }) => viewport.current?.zoomOut(),
});

export const layout = command({
  id: 'view.layout',
  group: 'View',
  title: 'Lay out automatically',
  keys: ['l'],
  onCanvas: true,
  history: 'record',
  keywords: ['arrange', 'tidy', 'order'],
  enabled: drawn,
  run: async (desk) => {
    await layOut(desk);
    desk.viewport.current?.fit();
    desk.canvas.getState().announce('Laid out.');
  },
});

export const theme = command({
  id: 'view.theme',
  group: 'View',
  title: ({ view }) => {
    const { theme } = view.getState();
    return theme === 'system' ? 'Theme: as the system' : theme === 'light' ? 'Theme: light' : 'Theme: dark';
  },
  keywords: ['dark', 'light', 'appearance'],
  run: ({ view }) => {
    const next = { system: 'light', light: 'dark', dark: 'system' } as const;
    view.getState().set({ theme: next[view.getState().theme] });
  },
});

export const palettePanel = command({
  id: 'view.palette',
  group: 'View',
  title: ({ view }) => (view.getState().paletteOpen ? 'Hide the layers' : 'Show the layers'),
  keys: ['mod+b'],
  run: ({ view }) => view.getState().set({ paletteOpen: !view.getState().paletteOpen }),
});

export const inspectorPanel = command({
  id: 'view.inspector',
  group: 'View',
  title: ({ view }) => (view.getState().inspectorOpen ? 'Hide the inspector' : 'Show the inspector'),
  keys: ['mod+i'],
  run: ({ view }) => view.getState().set({ inspectorOpen: !view.getState().inspectorOpen }),
});

export const dockPanel = command({
  id: 'view.dock',
  group: 'View',
  title: ({ view }) => (view.getState().dockOpen ? 'Hide the dock' : 'Show the dock'),
  keys: ['mod+j'],
  run: ({ view }) => view.getState().set({ dockOpen: !view.getState().dockOpen }),
});

export const commandPalette = command({
  id: 'help.commands',
  group: 'Help',
  title: 'All commands',
  keys: ['mod+k'],
  inFields: true,
  listed: false,
  run: ({ canvas }) => canvas.getState().set({ dialog: canvas.getState().dialog === 'commands' ? null : 'commands' }),
});

export const keySheet = command({
  id: 'help.keys',
  group: 'Help',
  title: 'Keyboard shortcuts',
  keys: ['?'],
  onCanvas: true,
  run: ({ canvas }) => canvas.getState().set({ dialog: canvas.getState().dialog === 'keys' ? null : 'keys' }),
});

export const search = command({
  id: 'view.search',
  group: 'Add',
  title: 'Search the layers',
  keys: ['/'],
  onCanvas: true,
  run: ({ canvas }) => canvas.getState().search(),
});
