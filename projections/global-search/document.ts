/** The words in which is said what an event changes about the things that can be found. */
import type { DataOf, Events } from '../../src/domain/kernel/aggregate.ts';
import type { Occurred } from '../kernel/projection.ts';

/** A kind of thing: who may find it, and where the portal opens it. */
export type Kind = { readonly permission: string; readonly route: (of: { readonly id: string; readonly aggregateId: string }) => string };

/** What becomes of one document. Without an `id` it is the aggregate's; a document begins with the first change that names its title. */
export type Change<K extends string = string> = {
  readonly kind: K;
  readonly id?: string;
  readonly title?: string;
  readonly subtitle?: string | null;
  readonly description?: string | null;
  /** Further texts by what they belong to; `null` drops one. */
  readonly parts?: Readonly<Record<string, string | null>>;
  /** Whose it is from now on. A document that begins is its event's tenant's and account's. */
  readonly owner?: { readonly customerId: string | null; readonly accountId: string | null };
  /** The person it is about. */
  readonly subjectId?: string;
  readonly isGone?: true;
};
type Facts = Pick<Occurred, 'aggregateId' | 'tenant' | 'account'>;
export type Says = (data: never, event: Facts) => readonly Change[];
export type Documents = Readonly<Record<string, Says>>;

/** What the events of one aggregate change, typed by them. */
export const documentsOf = <const E extends Events>(
  category: string,
  _events: E,
  says: { readonly [K in keyof E & string]?: (data: DataOf<E[K]>, event: Facts) => readonly Change[] },
): Documents =>
  // The boundary of types: the codec has validated what an event of this name carries.
  Object.fromEntries(Object.entries(says).map(([type, say]) => [`${category}/${type}`, say as unknown as Says]));
