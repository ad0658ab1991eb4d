import { defineCommands } from '../kernel/aggregate.ts';
import { fields, note, oneOf, optional, ref, text } from '../kernel/schema.ts';
import { casePriorities, reporter } from './events.ts';

const triage = { priority: oneOf(casePriorities), handlerId: optional(ref('user')), note: optional(note({ max: 1000 })) } as const;

export const caseCommands = defineCommands({
  ReportSystemCase: {
    permission: 'support-case:create',
    docs: 'Reports that something is wrong with the system.',
    creates: true,
    rejects: ['alreadyReported'],
    schema: fields({ subject: text(), description: note(), page: optional(text({ max: 500 })), ...reporter }),
  },
  TriageSystemCase: { permission: 'support-case:assign', docs: 'Says how urgent it is and who has it.', rejects: ['notAllowedNow'], schema: fields(triage) },
  ResolveSystemCase: {
    permission: 'support-case:edit',
    docs: 'Says how it was dealt with.',
    rejects: ['notAllowedNow'],
    schema: fields({ resolution: note() }),
  },
  ReopenSystemCase: {
    permission: 'support-case:edit',
    docs: 'Takes it up again.',
    rejects: ['notAllowedNow'],
    schema: fields({ reason: text({ max: 1000 }) }),
  },
});
export const incidentCommands = defineCommands({
  ReportExtortionIncident: {
    permission: 'extortion-incident:create',
    docs: 'Reports an extortion or a threat. Only holders of extortion-incident:view ever see it. A file is announced by `BeginConfidentialUpload` first: of any other somebody may know already.',
    creates: true,
    rejects: ['alreadyReported', 'notConfidential'],
    schema: fields({
      description: note({ personal: true }),
      place: optional(text({ personal: true })),
      attachmentId: optional(ref('attachment')),
      ...reporter,
    }),
  },
  TriageExtortionIncident: {
    permission: 'extortion-incident:assign',
    docs: 'Says how urgent it is and who has it.',
    rejects: ['notAllowedNow'],
    schema: fields(triage),
  },
  ResolveExtortionIncident: {
    permission: 'extortion-incident:edit',
    docs: 'Says how it was dealt with.',
    rejects: ['notAllowedNow'],
    schema: fields({ resolution: note() }),
  },
  ReopenExtortionIncident: {
    permission: 'extortion-incident:edit',
    docs: 'Takes it up again.',
    rejects: ['notAllowedNow'],
    schema: fields({ reason: text({ max: 1000 }) }),
  },
});
