import type { Position } from '@/graph/document';
import { nodeSize } from '@/graph/factory';

const clearance = 22;
const corner = 12;

interface Box {
  readonly position: Position;
}

/** Rounded polyline through points, as an SVG path. */
function rounded(points: readonly Position[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${first.x} ${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (!next) {
      path += `L${point.x} ${point.y}`;
      return;
    }
    const before = i === 0 ? first : rest[i - 1]!;
    const towards = (target: Position) => {
      const length = Math.hypot(target.x - point.x, target.y - point.y) || 1;
      const r = Math.min(corner, length / 2);
      return { x: point.x + ((target.x - point.x) / length) * r, y: point.y + ((target.y - point.y) / length) * r };
    };
    const a = towards(before);
    const b = towards(next);
    path += `L${a.x} ${a.y}Q${point.x} ${point.y} ${b.x} ${b.y}`;
  });
  return path;
}

/** Nodes that a straight corridor between two points would cross. */
export function between(from: Position, to: Position, boxes: readonly Box[]): readonly Box[] {
  const low = from.y + 8;
  const high = to.y - 8;
  return boxes.filter(({ position }) => {
    const top = position.y;
    const bottom = position.y + nodeSize.height;
    if (bottom < low || top > high) return false;
    const share = Math.min(1, Math.max(0, ((top + bottom) / 2 - from.y) / (to.y - from.y || 1)));
    const x = from.x + (to.x - from.x) * share;
    return x > position.x - 8 && x < position.x + nodeSize.width + 8;
  });
}

export interface Route {
  readonly path: string;
  /** Where the wire's label stands. */
  readonly label: Position;
}

/** Where a wire can climb from a node to one above it: midway, or beside what stands there, on the source's side. */
function freeLane(from: Position, to: Position, boxes: readonly Box[]): number {
  const apart = Math.abs(to.x - from.x) > nodeSize.width;
  let lane = apart ? (from.x + to.x) / 2 : Math.max(from.x, to.x) + nodeSize.width / 2 + clearance;
  const side = apart && to.x > from.x ? -1 : 1;
  for (let tries = 0; tries < 8; tries += 1) {
    const hit = boxes.find(
      ({ position: { x, y } }) =>
        lane > x - clearance / 2 &&
        lane < x + nodeSize.width + clearance / 2 &&
        y + nodeSize.height > to.y - clearance &&
        y < from.y + clearance,
    );
    if (!hit) return lane;
    lane = side < 0 ? hit.position.x - clearance : hit.position.x + nodeSize.width + clearance;
  }
  return lane;
}

/**
 * A wire's way from an output at the bottom of a node to an input at the top of another: a calm curve where the way
 * is free, a lane beside what stands between, and over the top where the target lies above.
 */
export function routeWire(from: Position, to: Position, obstacles: readonly Box[]): Route {
  if (to.y < from.y + 16) {
    const lane = freeLane(from, to, obstacles);
    const points = [
      from,
      { x: from.x, y: from.y + clearance },
      { x: lane, y: from.y + clearance },
      { x: lane, y: to.y - clearance },
      { x: to.x, y: to.y - clearance },
      to,
    ];
    return { path: rounded(points), label: { x: lane, y: (from.y + to.y) / 2 } };
  }
  const crossed = to.y - from.y > nodeSize.height ? between(from, to, obstacles) : [];
  if (crossed.length > 0) {
    const left = Math.min(...crossed.map(({ position }) => position.x)) - clearance;
    const right = Math.max(...crossed.map(({ position }) => position.x)) + nodeSize.width + clearance;
    const middle = (from.x + to.x) / 2;
    const lane = middle - left < right - middle ? left : right;
    const bend = Math.min(clearance, (to.y - from.y) / 4);
    const points = [
      from,
      { x: from.x, y: from.y + bend },
      { x: lane, y: from.y + bend },
      { x: lane, y: to.y - bend },
      { x: to.x, y: to.y - bend },
      to,
    ];
    return { path: rounded(points), label: { x: lane, y: (from.y + to.y) / 2 } };
  }
  const pull = Math.max(18, Math.min(90, (to.y - from.y) * 0.5));
  return {
    path: `M${from.x} ${from.y}C${from.x} ${from.y + pull} ${to.x} ${to.y - pull} ${to.x} ${to.y}`,
    label: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 },
  };
}
