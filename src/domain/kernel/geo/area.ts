/** Areas in square metres on the sphere of the mean radius. */
import { layOutPolygon } from './polygon.ts';
import { distanceMeters, earthRadiusMeters, radians } from './position.ts';
import type { PlanarRing } from './ring.ts';
import type { Shape } from './shape.ts';

/** sin(x)/x, by its series where x is small. */
const sinc = (x: number): number => (Math.abs(x) < 1e-4 ? 1 - (x * x) / 6 : Math.sin(x) / x);

/**
 * The area on the sphere inside a ring of lines that are straight in longitude and latitude. Between two vertices the strip down to the
 * equator is ∫ sin φ dλ = Δλ · sin φ̄ · sinc(Δφ/2) exactly; sines are taken relative to the ring's first latitude, lest a yard drown in the
 * distance to the equator.
 */
const ringArea = (ring: PlanarRing): number => {
  const base = radians(ring[1] ?? 0);
  let sum = 0;
  for (let at = 0; at + 2 < ring.length; at += 2) {
    const [phi1, phi2] = [radians(ring[at + 1] ?? 0), radians(ring[at + 3] ?? 0)];
    const turn = radians((ring[at + 2] ?? 0) - (ring[at] ?? 0));
    const middle = (phi1 + phi2) / 2;
    const rise = 2 * Math.cos((middle + base) / 2) * Math.sin((middle - base) / 2);
    sum += turn * (rise + Math.sin(middle) * (sinc((phi2 - phi1) / 2) - 1));
  }
  return Math.abs(sum) * earthRadiusMeters * earthRadiusMeters;
};

/**
 * A shape's area. Polygon: the outer ring less its holes, exact for its straight edges. Circle: the spherical cap. Corridor: length ×
 * width and two half discs, which counts twice what a path that turns back on itself covers twice.
 */
export const areaSquareMeters = (shape: Shape): number => {
  switch (shape.kind) {
    case 'circle':
      return 2 * Math.PI * earthRadiusMeters * earthRadiusMeters * (1 - Math.cos(shape.radiusMeters / earthRadiusMeters));
    case 'corridor': {
      const length = shape.path.slice(1).reduce((sum, to, index) => sum + distanceMeters(shape.path[index] ?? to, to), 0);
      return length * shape.widthMeters + (Math.PI * shape.widthMeters * shape.widthMeters) / 4;
    }
    case 'polygon': {
      const laid = layOutPolygon(shape);
      if ('code' in laid) throw new Error(laid.message);
      return laid.rings.reduce((sum, ring, index) => sum + (index === 0 ? ringArea(ring) : -ringArea(ring)), 0);
    }
    default:
      return shape satisfies never;
  }
};
