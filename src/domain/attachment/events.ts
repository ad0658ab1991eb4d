import { defineEvents } from '../kernel/aggregate.ts';
import { businessDate, code, fields, flag, instant, integer, lookup, metadata, note, oneOf, optional, text, timeZone, uuid } from '../kernel/schema.ts';
import { mediaTypes } from './media-types.ts';

/** The largest file that can be declared; the installation's own limit may be lower. */
export const sizeBytesMax = 1024 ** 3;
export const rejectReasons = ['tooLarge', 'otherSize', 'otherType', 'unknownType', 'infected', 'unscannable'] as const;
export const declared = {
  name: text(),
  declaredType: oneOf(mediaTypes),
  declaredSizeBytes: integer({ min: 1, max: sizeBytesMax }),
} as const;
export const stored = {
  uploadId: uuid(),
  sizeBytes: integer({ min: 1, max: sizeBytesMax }),
  sha256: text({ max: 64, pattern: '^[0-9a-f]{64}$' }),
  mimeType: oneOf(mediaTypes),
  storageKey: text({ max: 300, pattern: '^[A-Za-z0-9/._-]+$' }),
} as const;
/** What an attachment hangs on: an aggregate, and which of its own papers where it has several. */
export const link = { category: code(), targetId: uuid(), partId: optional(uuid()) } as const;
const expiry = { expiresOn: businessDate() } as const;

export const attachmentEvents = defineEvents({
  AttachmentUploadBegun: {
    version: 1,
    docs: 'A file is about to come. Unless something links to it by then, it is removed at `removeUnlinkedAt`.',
    schema: fields({
      uploadId: uuid(),
      customerId: optional(uuid()),
      accountId: optional(uuid()),
      documentCategory: lookup('document-category'),
      subjectId: optional(uuid()),
      isConfidential: optional(flag('For an incident: on no surface is it seen by who may not see incidents (TE-11).')),
      ...declared,
      removeUnlinkedAt: instant(),
    }),
  },
  AttachmentVersionBegun: {
    version: 1,
    docs: 'A newer version of the file is about to come; the one at hand stays until then.',
    schema: fields({ uploadId: uuid(), ...declared }),
  },
  AttachmentStored: {
    version: 1,
    docs: 'The content came whole and is what it was declared to be; from now on its hash is fixed.',
    schema: fields({ version: integer({ min: 1, max: 1000 }), name: text(), ...stored }),
  },
  AttachmentRejected: {
    version: 1,
    docs: 'What came is not kept: too large, of another size or type than declared, of no type that is taken, or not what a virus scanner lets pass.',
    schema: fields({ uploadId: uuid(), reason: oneOf(rejectReasons), message: note({ max: 500 }) }),
  },
  AttachmentLinked: { version: 1, docs: 'Something hangs on the attachment: it is not removed while it does.', schema: fields(link) },
  AttachmentUnlinked: { version: 1, docs: 'That one thing no longer hangs on it.', schema: fields(link) },
  AttachmentRetained: { version: 1, docs: 'It must be kept through this day.', schema: fields({ until: businessDate(), reason: text() }) },

  AttachmentExpirySet: {
    version: 1,
    docs: 'It is valid through this day; reminders of an earlier expiry are off.',
    schema: fields({ ...expiry, timeZone: timeZone() }),
  },
  AttachmentExpiryCleared: { version: 1, docs: 'It does not expire after all.', schema: fields({}) },
  AttachmentExpiryNear: { version: 1, docs: 'It expires within so many days.', schema: fields({ ...expiry, daysLeft: integer({ max: 365 }) }) },
  AttachmentExpired: { version: 1, docs: 'It is no longer valid.', schema: fields(expiry) },
  AttachmentMetadataChanged: { version: 1, docs: 'Extra facts were replaced.', schema: fields({ metadata: metadata() }) },

  AttachmentForgettingDeferred: {
    version: 1,
    docs: 'The person it is about is forgotten, but it must be kept through this day; on the day after it goes too (ES-12).',
    schema: fields({ subjectId: uuid(), until: businessDate(), reason: optional(text()), timeZone: timeZone() }),
  },
  AttachmentRemoved: { version: 1, docs: 'It is gone from every list; its content is deleted next.', schema: fields({ reason: text() }) },
  AttachmentContentDeleted: { version: 1, docs: 'Every version’s content was deleted from the blob store.', schema: fields({}) },
});
