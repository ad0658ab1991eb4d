import { expect, test } from '@jest/globals';
import { attachments } from '../../../src/application/processes/attachments.ts';
import { processes } from '../../../src/application/processes/processes.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { model } from '../../../src/domain/model.ts';
import { incidentEvents } from '../../../src/domain/support-case/events.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { following, nodeOn } from './equipment-world.ts';

test('P18 whatever event names an attachment, a process makes it hang there: nothing that something needs is cleaned away', () => {
  const reacted = new Set(processes.flatMap(({ on }) => on.flatMap(({ category, reactions }) => Object.keys(reactions).map((type) => `${category}/${type}`))));
  const naming = model.flatMap(({ category, events }) =>
    Object.entries(events)
      .filter(([, { schema }]) => category !== 'attachment' && category !== 'subject' && /"attachmentIds?"/.test(JSON.stringify(schema)))
      .map(([type]) => `${category}/${type}`),
  );
  expect(naming.length).toBeGreaterThan(20);
  expect(naming.filter((event) => !reacted.has(event))).toEqual([]);
});

test('TE-11 what an incident names stays, and nothing about the file tells of an incident', async () => {
  const log = new MemoryEventLog();
  const [file, incidentId] = [id('recording'), id('incident')];
  const begun = emit(attachmentEvents)('AttachmentUploadBegun', {
    ...{ uploadId: id('upload'), documentCategory: 'other', name: 'recording', removeUnlinkedAt: now },
    declaredType: 'application/pdf',
    declaredSizeBytes: 10,
  });
  await happened(log, `attachment-${file}`, begun);
  await happened(log, `incident-${incidentId}`, emit(incidentEvents)('ExtortionIncidentReported', { description: 'A call', attachmentId: file }));
  for (let times = 0; times < 2; times += 1) await following(attachments, log, () => log.events).drain();
  await nodeOn(log).send('attachment', file, 'RemoveUnlinkedAttachment', {});
  const state = (await nodeOn(log).states.loadFresh('attachment', file)).state as Attachment;
  expect(state.situation === 'present' ? state.links.length : 0).toBe(1);
  const told = JSON.stringify(log.events.filter(({ category }) => category === 'attachment').map(({ data }) => data));
  expect(told).not.toContain(incidentId);
  expect(told).not.toMatch(/incident|extortion/i);
});
