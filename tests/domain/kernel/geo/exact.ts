/** The slow and certain way: every double is a whole number of 2⁻¹⁰⁷⁴, so whole numbers decide which side a point lies on. */

/** A finite double times 2¹⁰⁷⁴, exactly. */
export const exact = (value: number): bigint => {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const exponent = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return high >>> 31 === 1 ? -magnitude : magnitude;
};

export type ExactPoint = { readonly x: bigint; readonly y: bigint };
const turn = (a: ExactPoint, b: ExactPoint, c: ExactPoint): bigint => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
const sign = (value: bigint): number => (value > 0n ? 1 : value < 0n ? -1 : 0);
const between = (a: bigint, b: bigint, c: bigint): boolean => (a <= c && c <= b) || (b <= c && c <= a);
const isOn = (a: ExactPoint, b: ExactPoint, c: ExactPoint): boolean => turn(a, b, c) === 0n && between(a.x, b.x, c.x) && between(a.y, b.y, c.y);

/** Even-odd with the boundary told apart: 1 inside, 0 on an edge, −1 outside. Rings are closed. */
export const exactSide = (rings: readonly (readonly ExactPoint[])[], point: ExactPoint): number => {
  let inside = false;
  for (const ring of rings)
    for (const [index, b] of ring.entries()) {
      const a = ring[index - 1];
      if (a === undefined) continue;
      if (isOn(a, b, point)) return 0;
      if (a.y > point.y !== b.y > point.y && sign(turn(a, b, point)) === (b.y > a.y ? 1 : -1)) inside = !inside;
    }
  return inside ? 1 : -1;
};

/** Whether two closed segments have a point in common. */
export const exactMeet = ([a, b]: readonly [ExactPoint, ExactPoint], [c, d]: readonly [ExactPoint, ExactPoint]): boolean => {
  if (isOn(a, b, c) || isOn(a, b, d) || isOn(c, d, a) || isOn(c, d, b)) return true;
  return sign(turn(a, b, c)) !== sign(turn(a, b, d)) && sign(turn(c, d, a)) !== sign(turn(c, d, b));
};
