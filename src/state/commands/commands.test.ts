import { describe, expect, it } from 'vitest';
import { edgeId } from '@/graph/document';
import { compilationOf } from '../compilation';
import { addLayer } from '../insertion';
import { chain, testDesk } from '../testing';
import { commandFor, strokeText } from './keys';
import { commands, runCommand } from './registry';

const bare = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
const wires = (desk: ReturnType<typeof testDesk>) => desk.documents.getState().document.edges.map(edgeId);

describe('commands', () => {
  it('share no key', () => {
    const seen = new Map<string, string>();
    for (const { id, keys } of commands.values()) {
      for (const key of keys) {
        expect(seen.get(key), `${key} of ${id}`).toBeUndefined();
        seen.set(key, id);
      }
    }
  });

  it('say of themselves truly whether they make a step of undo', async () => {
    const needs = ['view.layout'];
    for (const item of commands.values()) {
      const desk = testDesk(chain(['input', 'flatten', 'dense', 'output']));
      desk.documents.getState().select(['dense1']);
      desk.viewport.current = { zoomIn: () => {}, zoomOut: () => {}, fit: () => {}, middle: () => ({ x: 0, y: 0 }), focus: () => {} };
      if (!item.enabled(desk) || item.id.startsWith('file.')) continue;
      const before = desk.documents.getState().past.length;
      await item.run(desk);
      const recorded = desk.documents.getState().past.length > before;
      if (recorded) expect(item.history, item.id).toBe('record');
      if (needs.includes(item.id)) expect(recorded, item.id).toBe(true);
    }
  });

  it('are reached by keys, letters only from the canvas', () => {
    const desk = testDesk(chain(['input']));
    expect(commandFor({ ...bare, key: 'c' }, false, 'canvas', desk)?.id).toBe('add.conv2d');
    expect(commandFor({ ...bare, key: 'c' }, false, 'field', desk)).toBeNull();
    expect(commandFor({ ...bare, key: 'c' }, false, 'control', desk)).toBeNull();
    expect(commandFor({ ...bare, key: 'k', ctrlKey: true }, false, 'field', desk)?.id).toBe('help.commands');
    expect(commandFor({ ...bare, key: 'k', metaKey: true }, true, 'field', desk)?.id).toBe('help.commands');
    expect(strokeText({ ...bare, key: 'Z', ctrlKey: true, shiftKey: true }, false)).toBe('mod+shift+z');
    expect(strokeText({ ...bare, key: '?', shiftKey: true }, false)).toBe('?');
  });

  it('draw a network with no mistakes from the keyboard alone, and take all of it back', () => {
    const desk = testDesk();
    for (const id of ['add.input', 'add.conv2d', 'add.maxPool2d', 'add.flatten', 'add.dense', 'add.output']) runCommand(desk, id);
    const { document } = desk.documents.getState();
    expect(document.nodes.map(({ name }) => name)).toEqual(['input', 'conv1', 'maxPool1', 'flatten1', 'dense1', 'output']);
    expect(document.edges).toHaveLength(5);
    expect(compilationOf(document).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    // The digits of 8×8: a 3×3 kernel leaves 6×6 of 8 maps, pooling 3×3.
    expect(compilationOf(document).nodes.get('flatten1')?.outputs).toEqual([[null, 72]]);
    expect(new Set(document.nodes.map(({ position }) => position.y)).size).toBe(6);
    for (let i = 0; i < 6; i += 1) runCommand(desk, 'edit.undo');
    expect(desk.documents.getState().document.nodes).toEqual([]);
  });

  it('add a layer unwired where the selected output does not fit, and say so', () => {
    const desk = testDesk(chain(['input']));
    desk.documents.getState().select(['input']);
    runCommand(desk, 'add.dense');
    expect(wires(desk)).toEqual([]);
    expect(desk.canvas.getState().announcement.text).toBe('Added dense1.');
  });

  it('paste with new names and the inner wires', async () => {
    const desk = testDesk(chain(['input', 'conv2d', 'conv2d', 'output']));
    desk.documents.getState().select(['conv1', 'conv2']);
    await commands.get('edit.copy')!.run(desk);
    await commands.get('edit.paste')!.run(desk);
    const { document, selection } = desk.documents.getState();
    expect(document.nodes.map(({ id }) => id)).toEqual(['input', 'conv1', 'conv2', 'output', 'conv3', 'conv4']);
    expect([...selection]).toEqual(['conv3', 'conv4']);
    expect(wires(desk)).toEqual(['input.0>conv1.0', 'conv1.0>conv2.0', 'conv2.0>output.0', 'conv3.0>conv4.0']);
    runCommand(desk, 'edit.undo');
    expect(desk.documents.getState().document.nodes).toHaveLength(4);
  });

  it('close the gap in a merge layer’s ports when one of its wires goes, keeping their order', () => {
    const start = chain(['input', 'conv2d', 'conv2d', 'conv2d', 'concatenate']);
    const into = (node: string, port: number) => ({ from: { node, port: 0 }, to: { node: 'concatenate1', port } });
    const desk = testDesk({ ...start, edges: [into('conv1', 0), into('conv2', 1), into('conv3', 2)] });
    desk.documents.getState().select(['conv1']);
    runCommand(desk, 'edit.delete');
    expect(wires(desk)).toEqual(['conv2.0>concatenate1.0', 'conv3.0>concatenate1.1']);
    runCommand(desk, 'edit.undo');
    expect(wires(desk)).toHaveLength(3);
  });

  it('put a layer into a wire in one step, and make room for it below', () => {
    const desk = testDesk(chain(['input', 'conv2d', 'flatten', 'dense']));
    const [, into] = desk.documents.getState().document.edges;
    addLayer(desk, 'maxPool2d', { at: { x: 3, y: 140 }, into: into! });
    const { document } = desk.documents.getState();
    expect(wires(desk).sort()).toEqual(['conv1.0>maxPool1.0', 'flatten1.0>dense1.0', 'input.0>conv1.0', 'maxPool1.0>flatten1.0']);
    expect(Object.fromEntries(document.nodes.map(({ id, position }) => [id, position.y]))).toEqual({
      input: 0,
      conv1: 96,
      maxPool1: 192,
      flatten1: 288,
      dense1: 384,
    });
    runCommand(desk, 'edit.undo');
    expect(desk.documents.getState().document).toEqual(chain(['input', 'conv2d', 'flatten', 'dense']));
  });

  it('show what stands in the way of training instead of starting', () => {
    const desk = testDesk(chain(['input', 'dense']));
    runCommand(desk, 'train.toggle');
    expect(desk.client.calls).toEqual([]);
    expect(desk.view.getState()).toMatchObject({ dockOpen: true, dockTab: 'problems' });
  });
});
