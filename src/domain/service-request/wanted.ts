/** The units of the fleet that a request wants, as its details say them (SR-14). */
import type { DataOf } from '../kernel/aggregate.ts';
import { isBusinessDate } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { serviceRequestEvents } from './events.ts';

export type Span = DataOf<(typeof serviceRequestEvents)['RequestUnitsPromised']>;
type Policy = Pick<DataOf<(typeof serviceRequestEvents)['RequestSubmitted']>['policy'], 'promises'>;
const isSpan = (span: { readonly [K in keyof Span]: unknown }): span is Span =>
  typeof span.quantity === 'number' &&
  Number.isInteger(span.quantity) &&
  span.quantity >= 1 &&
  isBusinessDate(String(span.from)) &&
  isBusinessDate(String(span.to));
/** The units that the details ask for, where the type's policy has them promised. */
export const wantedIn = ({ promises }: Policy, details: Readonly<Record<string, unknown>>): Span | null => {
  if (promises === undefined) return null;
  const span = { from: details[promises.fromField], to: details[promises.toField], quantity: details[promises.quantityField] };
  return isSpan(span) && span.from <= span.to ? span : null;
};

type Asked = { readonly wanted: Span | null; readonly promised: string | null; readonly short: string | null };
/** The fleet has said that it does not have what the request wants now. */
export const isShort = ({ wanted, short }: Asked): boolean => wanted !== null && short === canonicalJson(wanted);
/** The fleet keeps what the request wants now. */
export const isPromised = ({ wanted, promised }: Asked): boolean => wanted === null || promised === canonicalJson(wanted);
