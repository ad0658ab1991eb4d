import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { attachmentEvents } from './events.ts';
import type { MediaType } from './media-types.ts';

export type Version = {
  readonly uploadId: string;
  readonly version: number;
  readonly name: string;
  readonly mimeType: MediaType;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly storageKey: string;
};
export type Pending = { readonly uploadId: string; readonly name: string; readonly declaredType: MediaType; readonly declaredSizeBytes: number };
type Present = {
  readonly situation: 'present';
  /** As announced, to see that a repeat says nothing new. */
  readonly content: string;
  readonly customerId: string | null;
  readonly accountId: string | null;
  readonly documentCategory: string;
  /** For holders of `restrictedTo` only: announced so, or an incident named it when that was still possible without. */
  readonly isConfidential: boolean;
  /** The person it is about. */
  readonly subjectId: string | null;
  /** The person is forgotten, and it goes after this day. */
  readonly forgottenAfter: string | null;
  readonly timeZone: string;
  readonly pending: Pending | null;
  readonly rejected: readonly string[];
  /** In the order they came; the last one is current. */
  readonly versions: readonly Version[];
  readonly links: readonly string[];
  readonly wasLinked: boolean;
  readonly retainedUntil: string | null;
  /** Why it must be kept until then, as was said last. */
  readonly retainedFor: string | null;
  readonly expiresOn: string | null;
  readonly isExpired: boolean;
  readonly reminded: readonly number[];
  readonly metadata: string;
};
type Removed = {
  readonly situation: 'removed';
  readonly customerId: string | null;
  readonly accountId: string | null;
  readonly isConfidential: boolean;
  readonly isContentDeleted: boolean;
};
/** An attachment; what was removed no longer exists for others, but is still known here, so that its id is never used again. */
export type Attachment = { readonly situation: 'absent' } | Present | Removed;
export type PresentAttachment = Frozen<Present>;

/** An attachment as other aggregates' guards see it. */
/** What an incident's file hangs on: who sees that learns neither that there is an incident nor which. */
export const incidentLink = 'restricted';
/** Without it nobody sees a confidential attachment (TE-11). */
export const restrictedTo = 'extortion-incident:view';

export const attachmentFact = fact<Attachment>('attachment');
export const initial: Attachment = { situation: 'absent' };

type Link = { readonly category: string; readonly targetId: string; readonly partId?: string };
export const linkKey = ({ category, targetId, partId }: Link): string => [category, targetId, ...(partId === undefined ? [] : [partId])].join('/');
type Announced = {
  readonly customerId?: string;
  readonly accountId?: string;
  readonly documentCategory: string;
  readonly subjectId?: string;
  readonly isConfidential?: boolean;
  readonly name: string;
  readonly declaredType: string;
  readonly declaredSizeBytes: number;
};
export const announced = ({ customerId, accountId, documentCategory, subjectId, isConfidential, name, declaredType, declaredSizeBytes }: Announced): string =>
  canonicalJson([customerId ?? null, accountId ?? null, documentCategory, subjectId ?? null, isConfidential ?? false, name, declaredType, declaredSizeBytes]);

const present =
  <D>(change: (state: PresentAttachment, data: D) => Partial<Present>) =>
  (state: Frozen<Attachment>, data: D): Frozen<Attachment> =>
    state.situation === 'present' ? { ...state, ...change(state, data) } : state;

export const evolve: Evolve<Attachment, typeof attachmentEvents> = {
  AttachmentUploadBegun: (_state, data) => {
    const { uploadId, name, declaredType, declaredSizeBytes } = data;
    return {
      situation: 'present',
      content: announced(data),
      customerId: data.customerId ?? null,
      accountId: data.accountId ?? null,
      documentCategory: data.documentCategory,
      isConfidential: data.isConfidential ?? false,
      subjectId: data.subjectId ?? null,
      forgottenAfter: null,
      timeZone: 'UTC',
      pending: { uploadId, name, declaredType, declaredSizeBytes },
      rejected: [],
      versions: [],
      links: [],
      wasLinked: false,
      retainedUntil: null,
      retainedFor: null,
      expiresOn: null,
      isExpired: false,
      reminded: [],
      metadata: canonicalJson({}),
    };
  },
  AttachmentVersionBegun: present((_state, pending) => ({ pending })),
  AttachmentStored: present(({ versions }, version) => ({ versions: [...versions, version], pending: null })),
  AttachmentRejected: present(({ rejected }, { uploadId }) => ({ rejected: [...rejected, uploadId], pending: null })),
  AttachmentLinked: present(({ links, isConfidential }, data) => ({
    links: [...links, linkKey(data)],
    wasLinked: true,
    isConfidential: isConfidential || data.category === incidentLink,
  })),
  AttachmentUnlinked: present(({ links }, data) => ({ links: links.filter((key) => key !== linkKey(data)) })),
  AttachmentRetained: present((_state, { until, reason }) => ({ retainedUntil: until, retainedFor: reason })),
  AttachmentExpirySet: present((_state, { expiresOn, timeZone }) => ({ expiresOn, timeZone, isExpired: false, reminded: [] })),
  AttachmentExpiryCleared: present(() => ({ expiresOn: null, isExpired: false, reminded: [] })),
  AttachmentExpiryNear: present(({ reminded }, { daysLeft }) => ({ reminded: [...reminded, daysLeft] })),
  AttachmentExpired: present(() => ({ isExpired: true })),
  AttachmentForgettingDeferred: present((_state, { until }) => ({ forgottenAfter: until })),
  AttachmentMetadataChanged: present((_state, { metadata }) => ({ metadata: canonicalJson(metadata) })),
  AttachmentRemoved: (state) => {
    if (state.situation !== 'present') return state;
    const { customerId, accountId, isConfidential } = state;
    return { situation: 'removed', customerId, accountId, isConfidential, isContentDeleted: false };
  },
  AttachmentContentDeleted: (state) => (state.situation === 'removed' ? { ...state, isContentDeleted: true } : state),
};
