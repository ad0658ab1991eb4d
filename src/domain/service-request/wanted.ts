/** What a request wants, as its details say it: units of the fleet (SR-14), and whatever else its type names fields for. */
import type { DataOf } from '../kernel/aggregate.ts';
import { isBusinessDate } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { serviceRequestEvents } from './events.ts';

export type Span = DataOf<(typeof serviceRequestEvents)['RequestUnitsPromised']>;
type Policy = Pick<DataOf<(typeof serviceRequestEvents)['RequestSubmitted']>['policy'], 'promises'>;
/** The details among what a request's state keeps of it as canonical JSON. */
export const detailsIn = (particulars: string): Readonly<Record<string, unknown>> => {
  const said: unknown = JSON.parse(particulars);
  const details: unknown = typeof said === 'object' && said !== null && 'details' in said ? said.details : undefined;
  return typeof details === 'object' && details !== null ? { ...details } : {};
};
/** The attachments that the details name (`ptar`: plans and laboratory results). */
export const uploadsIn = (details: Readonly<Record<string, unknown>>): readonly string[] => {
  const { uploads } = details;
  return Array.isArray(uploads) ? uploads.filter((each) => typeof each === 'string') : [];
};
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
