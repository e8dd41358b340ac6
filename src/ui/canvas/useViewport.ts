import { getViewportForBounds, useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, type RefObject } from 'react';
import { nodeSize } from '@/graph/factory';
import { lendViewport } from '@/state/desk';
import { boundsOf } from '@/graph/layout';
import { nodesById } from '@/graph/ports';
import { useApp, useView } from '../useApp';

const duration = () => (window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 180);

/** Lets commands zoom and fit, and brings into view what other panels point at. */
export function useViewport(region: RefObject<HTMLDivElement | null>): void {
  const app = useApp();
  const { documents } = app;
  const flow = useReactFlow();
  const store = useStoreApi();
  const reveal = useView((state) => state.reveal);

  useEffect(() => {
    const fit = () => {
      const { width, height } = store.getState();
      const { drawing: document } = documents.getState();
      if (document.nodes.length === 0 || width === 0) return;
      // Room below for the controls that lie on the canvas.
      const padding = { x: '36px', top: '28px', bottom: '58px' } as const;
      void flow.setViewport(getViewportForBounds(boundsOf(document), width, height, 0.1, 1.1, padding), { duration: duration() });
    };
    const own = {
      zoomIn: () => void flow.zoomIn({ duration: duration() }),
      zoomOut: () => void flow.zoomOut({ duration: duration() }),
      fit,
      middle: () => {
        const box = region.current?.getBoundingClientRect();
        return flow.screenToFlowPosition(box ? { x: box.x + box.width / 2, y: box.y + box.height / 2 } : { x: 0, y: 0 });
      },
      focus: () => region.current?.focus({ preventScroll: true }),
    };
    const takeBack = lendViewport(app, own);
    fit();
    return takeBack;
  }, [app, documents, flow, region, store]);

  useEffect(() => {
    const node = reveal && nodesById(documents.getState().drawing).get(reveal.node);
    if (!node) return;
    const { width, height, transform } = store.getState();
    const [x, y, zoom] = transform;
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const margin = 24;
    const seen =
      left >= margin &&
      top >= margin &&
      left + nodeSize.width * zoom <= width - margin &&
      top + nodeSize.height * zoom <= height - margin;
    if (!seen) {
      const middle = { x: node.position.x + nodeSize.width / 2, y: node.position.y + nodeSize.height / 2 };
      void flow.setCenter(middle.x, middle.y, { zoom: Math.max(zoom, 0.6), duration: duration() });
    }
  }, [reveal, documents, flow, store]);
}
