import { defineEvents } from '../kernel/aggregate.ts';
import { email, fields, note, oneOf, optional, phone, ref, text, uuid } from '../kernel/schema.ts';

export const casePriorities = ['low', 'normal', 'high'] as const;
/** Who reported it, as far as they said. */
export const reporter = {
  reporterName: optional(text({ personal: true })),
  reporterEmail: optional(email({ personal: true })),
  reporterPhone: optional(phone({ personal: true })),
} as const;
const triage = { priority: oneOf(casePriorities), handlerId: optional(uuid()), note: optional(note({ max: 1000 })) } as const;
const resolution = { resolution: note() } as const;
const reason = { reason: text({ max: 1000 }) } as const;

export const caseEvents = defineEvents({
  SystemCaseReported: {
    version: 1,
    docs: 'Somebody, perhaps from a public page, reported that something is wrong with the system.',
    schema: fields({ subject: text(), description: note(), page: optional(text({ max: 500 })), ...reporter }),
  },
  SystemCaseTriaged: { version: 1, docs: 'Somebody looked at it: how urgent it is, and who has it.', schema: fields(triage) },
  SystemCaseResolved: { version: 1, docs: 'It is dealt with.', schema: fields(resolution) },
  SystemCaseReopened: { version: 1, docs: 'It was not dealt with after all.', schema: fields(reason) },
});
export const incidentEvents = defineEvents({
  ExtortionIncidentReported: {
    version: 1,
    docs: 'Somebody was extorted or threatened. Nobody but holders of the permission ever sees it.',
    schema: fields({
      description: note({ personal: true }),
      place: optional(text({ personal: true })),
      attachmentId: optional(ref('attachment')),
      ...reporter,
    }),
  },
  ExtortionIncidentTriaged: { version: 1, docs: 'Somebody looked at it: how urgent it is, and who has it.', schema: fields(triage) },
  ExtortionIncidentResolved: { version: 1, docs: 'It is dealt with.', schema: fields(resolution) },
  ExtortionIncidentReopened: { version: 1, docs: 'It was not dealt with after all.', schema: fields(reason) },
});
