import { defineCommands } from '../kernel/aggregate.ts';
import { businessDate, fields, integer, lookup, metadata, note, oneOf, optional, ref, text, uuid } from '../kernel/schema.ts';
import { declared, link, rejectReasons, stored } from './events.ts';

const edit = 'attachment:edit';
const system = { permission: edit, internal: true } as const;

export const attachmentCommands = defineCommands({
  BeginUpload: {
    permission: 'attachment:create',
    docs: 'Announces a file. The answer’s made id is the upload’s, to which the content is sent; it then waits a day for something to link to it. With `subjectId` it is about that person (a user or a contact): it is named by its category, because the log keeps names, and it goes when the person is forgotten.',
    creates: true,
    rejects: ['alreadyBegun', 'unknownAccount'],
    schema: fields({
      customerId: optional(ref('customer')),
      accountId: optional(ref('account')),
      documentCategory: lookup('document-category'),
      subjectId: optional(uuid()),
      ...declared,
    }),
  },
  BeginConfidentialUpload: {
    permission: 'extortion-incident:create',
    docs: 'Announces a file for an extortion incident, which takes no other. It is the company’s own and named by its category; from its first event on nobody who may not see incidents learns of it, on any surface. The answer’s made id is the upload’s.',
    creates: true,
    rejects: ['alreadyBegun'],
    schema: fields({ documentCategory: lookup('document-category'), ...declared }),
  },
  BeginVersion: {
    permission: edit,
    docs: 'Announces a newer version, or the file again after a rejection. The made id is the upload’s.',
    rejects: ['tooMany'],
    schema: fields(declared),
  },
  StoreUpload: { ...system, docs: 'The content is in the blob store.', rejects: ['notUploading'], schema: fields(stored) },
  RejectUpload: {
    ...system,
    docs: 'The content was not what was declared.',
    rejects: ['notUploading'],
    schema: fields({ uploadId: uuid(), reason: oneOf(rejectReasons), message: note({ max: 500 }) }),
  },
  LinkAttachment: {
    ...system,
    docs: 'Something hangs on it now: given by the process that sees an aggregate name an attachment, so that its owner was checked there.',
    rejects: ['tooMany'],
    schema: fields(link),
  },
  UnlinkAttachment: {
    permission: 'attachment:approve',
    docs: 'Frees it from something that no longer needs it.',
    rejects: [],
    schema: fields(link),
  },
  RetainAttachment: {
    permission: 'attachment:approve',
    docs: 'Keeps it through a day; never shorter than before.',
    rejects: ['notLater'],
    schema: fields({ until: businessDate(), reason: text() }),
  },
  SetAttachmentExpiry: {
    permission: edit,
    docs: 'Says through which day it is valid; watched 60, 30 and 7 days before and on the day after.',
    rejects: [],
    schema: fields({ expiresOn: businessDate() }),
  },
  ClearAttachmentExpiry: { permission: edit, docs: 'Takes an expiry away.', rejects: [], schema: fields({}) },
  RemindOfAttachmentExpiry: {
    ...system,
    docs: 'The expiry comes near.',
    rejects: [],
    schema: fields({ expiresOn: businessDate(), daysLeft: integer({ max: 365 }) }),
  },
  ExpireAttachment: { ...system, docs: 'The day after the last has come.', rejects: [], schema: fields({ expiresOn: businessDate() }) },
  SetAttachmentMetadata: {
    permission: edit,
    docs: 'Replaces the extra facts (at most 50 keys, 16 KiB).',
    rejects: [],
    schema: fields({ metadata: metadata() }),
  },
  RemoveAttachment: {
    permission: 'attachment:delete',
    docs: 'Removes it with all versions. Refused while something hangs on it, and while it must be kept.',
    rejects: ['linked', 'retained'],
    schema: fields({ reason: text() }),
  },
  RemoveUnlinkedAttachment: { ...system, docs: 'A day has passed and nothing ever linked to it.', rejects: [], schema: fields({}) },
  ForgetAttachment: {
    ...system,
    docs: 'The person it is about is forgotten: it goes, whatever hangs on it, or on the day after it need not be kept any more.',
    rejects: [],
    schema: fields({}),
  },
  RecordContentDeleted: {
    ...system,
    docs: 'The blob store holds nothing of it any more.',
    // What is removed no longer exists for any other command.
    creates: true,
    rejects: ['notRemoved'],
    schema: fields({}),
  },
});
