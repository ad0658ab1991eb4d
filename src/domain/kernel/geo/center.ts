/** One position that stands for a shape, for a pin on a map and for lists sorted by distance. It need not lie inside. */
import { layOutPolygon } from './polygon.ts';
import type { Position } from './position.ts';
import type { PlanarRing } from './ring.ts';
import type { Shape } from './shape.ts';

const wrapped = (longitude: number): number => (longitude >= 180 ? longitude - 360 : longitude);

/** The centre of area of a ring on the plane of longitude and latitude, told from its first vertex lest small rings lose their digits. */
const centroidOf = (ring: PlanarRing): Position => {
  const [x0, y0] = [ring[0] ?? 0, ring[1] ?? 0];
  let [sum, x, y] = [0, 0, 0];
  for (let at = 0; at + 2 < ring.length; at += 2) {
    const [ax, ay, bx, by] = [(ring[at] ?? 0) - x0, (ring[at + 1] ?? 0) - y0, (ring[at + 2] ?? 0) - x0, (ring[at + 3] ?? 0) - y0];
    const part = ax * by - bx * ay;
    sum += part;
    x += (ax + bx) * part;
    y += (ay + by) * part;
  }
  return { latitude: y0 + y / (3 * sum), longitude: wrapped(x0 + x / (3 * sum)) };
};

/** A circle's centre, a polygon's centre of area (holes not looked at), the middle vertex of a corridor's path. */
export const centerOf = (shape: Shape): Position => {
  switch (shape.kind) {
    case 'circle':
      return shape.center;
    case 'corridor':
      return shape.path[Math.floor((shape.path.length - 1) / 2)] ?? { latitude: 0, longitude: 0 };
    case 'polygon': {
      const laid = layOutPolygon(shape);
      if ('code' in laid) throw new Error(laid.message);
      return centroidOf(laid.rings[0] ?? new Float64Array());
    }
    default:
      return shape satisfies never;
  }
};
