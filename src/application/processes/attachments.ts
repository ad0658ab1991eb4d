/** P18: what an aggregate names as its paper hangs on the attachment from then on, so that nobody removes it and the day's cleaning leaves it. */
import { agreement } from '../../domain/agreement/decider.ts';
import { attachment } from '../../domain/attachment/decider.ts';
import { incidentLink } from '../../domain/attachment/state.ts';
import { customer } from '../../domain/customer/decider.ts';
import { equipment } from '../../domain/equipment/decider.ts';
import { derivedId } from '../../domain/kernel/ids.ts';
import { incident } from '../../domain/support-case/decider.ts';
import { defineProcess, on, type Send, send } from './process.ts';

type Target = { readonly category: string; readonly targetId: string; readonly partId?: string };
const hang = (attachmentId: string | undefined, target: Target, step = 'link'): readonly Send[] =>
  attachmentId === undefined ? [] : [send(attachment, 'LinkAttachment', { step, to: attachmentId, data: target })];

export const attachments = defineProcess({
  name: 'Attachments',
  docs: 'Links an attachment to whatever names it: agreements, schedules, papers of customers and of equipment, incidents.',
  from: 'start',
  on: [
    on(agreement, {
      AgreementDocumentAttached: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'agreement', targetId: aggregateId }),
      ScheduleDocumentAttached: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'agreement', targetId: aggregateId, partId: data.scheduleId }),
    }),
    on(customer, {
      CustomerDocumentAdded: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'customer', targetId: aggregateId, partId: data.documentId }),
      CustomerDocumentRenewed: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'customer', targetId: aggregateId, partId: data.documentId }),
    }),
    on(equipment, {
      EquipmentPermitSet: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'equipment', targetId: aggregateId, partId: data.permitId }),
      EquipmentDocumentAdded: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'equipment', targetId: aggregateId, partId: data.documentId }),
      EquipmentDocumentRenewed: ({ aggregateId, data }) => hang(data.attachmentId, { category: 'equipment', targetId: aggregateId, partId: data.documentId }),
      EquipmentReturned: ({ aggregateId, data }) =>
        data.damages.flatMap(({ attachmentIds }, damage) =>
          (attachmentIds ?? []).flatMap((id, n) =>
            hang(id, { category: 'equipment', targetId: aggregateId, partId: data.assignmentId }, `link-${damage}-${n}`),
          ),
        ),
    }),
    // TE-11: who may see attachments learns neither that there is an incident nor which.
    on(incident, {
      ExtortionIncidentReported: ({ aggregateId, data }) =>
        hang(data.attachmentId, { category: incidentLink, targetId: derivedId(aggregateId, ['attachment']) }),
    }),
  ],
});
