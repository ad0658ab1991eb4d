import { beforeEach, describe, expect, test } from '@jest/globals';
import { documents } from '../../../projections/documents/projection.ts';
import { DeadlineScheduler } from '../../../src/application/deadlines/scheduler.ts';
import { refusedParts } from '../../../src/application/forgetting.ts';
import { forgettingFiles } from '../../../src/application/processes/forgetting-files.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import type { Subject } from '../../../src/domain/subject/decider.ts';
import { foldedDeadlines } from '../../kit/deadlines.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { foldWhole } from '../../kit/projections.ts';
import { importShipped } from '../../kit/shipped-catalogs.ts';
import { following, nodeOn } from './equipment-world.ts';

const [customerId, contactId] = [id('Sur'), id('Ana')];
const place = { currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
let log: MemoryEventLog;
beforeEach(async () => {
  log = new MemoryEventLog();
  await importShipped(log, ['document-category']);
  await happened(log, `customer-${customerId}`, emit(customerEvents)('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', ...place }));
});
const begin = (name: string, more: object = {}) =>
  nodeOn(log).send('attachment', id(name), 'BeginUpload', {
    ...{ customerId, documentCategory: 'dpi', name: `${name} of Ana`, declaredType: 'image/jpeg', declaredSizeBytes: 10, ...more },
  });
const about = { subjectId: contactId };
const forget = () => nodeOn(log).send('subject', contactId, 'ForgetSubject', { kind: 'contact', customerId, reason: 'asked' });
/** From the beginning of the log, as after a restart: everything is delivered again. */
const drain = async (): Promise<void> => {
  const { runner, drain: follow } = following(forgettingFiles, log, () => log.events);
  await runner.started();
  await follow();
};
const attachmentOf = async (name: string) => (await nodeOn(log).states.loadFresh('attachment', id(name))).state as Attachment;
const situations = async (...names: readonly string[]) => Promise.all(names.map(async (name) => (await attachmentOf(name)).situation));
type Row = Readonly<Record<string, unknown>>;
/** The read model of refused parts. */
const listed = async (): Promise<readonly Row[]> => (foldWhole(documents, log.events)['kept'] ?? []).map((row): Row => JSON.parse(row));
/** The scheduler at this instant, over the deadlines that the log holds. */
const scheduled = async (at: string): Promise<void> => {
  await new DeadlineScheduler({ log, commands: nodeOn(log).commands, deadlines: foldedDeadlines(() => log.events), clock: () => at }).fireDue();
};
const subjectNow = async () => (await nodeOn(log).states.loadFresh('subject', contactId)).state as Subject;

describe('ES-12 forgetting a person', () => {
  test('removes the files about it, and no others, once, however often it is delivered', async () => {
    await begin('scan', about);
    await begin('selfie', about);
    await begin('policy');
    await begin('of another', { subjectId: id('Eva') });
    await drain();
    expect(await situations('scan', 'selfie', 'policy', 'of another')).toEqual(['present', 'present', 'present', 'present']);
    expect(await forget()).toMatchObject({ kind: 'accepted' });
    for (let times = 0; times < 3; times += 1) await drain();
    expect(await situations('scan', 'selfie', 'policy', 'of another')).toEqual(['removed', 'removed', 'present', 'present']);
    expect(log.events.filter(({ type }) => type === 'AttachmentRemoved')).toHaveLength(2);
  });

  test('also removes what hangs somewhere, and what comes after', async () => {
    await begin('scan', about);
    await nodeOn(log).send('attachment', id('scan'), 'LinkAttachment', { category: 'customer', targetId: customerId });
    await forget();
    await drain();
    await begin('late', about);
    await drain();
    expect(await situations('scan', 'late')).toEqual(['removed', 'removed']);
  });

  test('lists what the law keeps, with the day after which it goes; and then it goes', async () => {
    await begin('scan', about);
    await nodeOn(log).send('attachment', id('scan'), 'RetainAttachment', { until: '2027-01-31', reason: 'law' });
    await forget();
    for (let times = 0; times < 2; times += 1) await drain();
    expect(await situations('scan')).toEqual(['present']);
    expect((await subjectNow()).kept).toEqual({ [id('scan')]: '2027-01-31' });
    expect(log.events.find(({ type }) => type === 'SubjectFileKept')?.data).toEqual({ attachmentId: id('scan'), until: '2027-01-31', reason: 'law' });
    expect(await listed()).toMatchObject([{ attachment_id: id('scan'), subject_id: contactId, reason: 'law', kept_until: '2027-01-31', status: 'kept' }]);
    // A longer duty that comes meanwhile is told at once.
    await nodeOn(log).send('attachment', id('scan'), 'RetainAttachment', { until: '2027-03-31', reason: 'a lawsuit' });
    expect(await listed()).toMatchObject([{ reason: 'a lawsuit', kept_until: '2027-03-31', status: 'kept' }]);
    for (const [at, situation] of [
      ['2027-02-01T06:00:00.000Z', 'present'],
      ['2027-03-31T23:59:59.000Z', 'present'],
      ['2027-04-01T06:00:00.000Z', 'removed'],
    ] as const) {
      await scheduled(at);
      expect({ at, situation: (await situations('scan'))[0] }).toEqual({ at, situation });
    }
    expect(await listed()).toMatchObject([{ status: 'removed', removed_at: expect.stringMatching(/^2027-04-01/) }]);
  });

  test('ES-9 keeps a signed contract, an accepted quotation and the paper of an inspection for as long as each must be kept, and tells of each', async () => {
    const papers = { contract: 'agreement', quotation: 'quotation', signature: 'quotation', dpi: 'customer', inspection: 'inspection' };
    for (const [documentCategory, category] of Object.entries(papers)) {
      await begin(documentCategory, { ...about, documentCategory });
      await nodeOn(log).send('attachment', id(documentCategory), 'LinkAttachment', { category, targetId: id(category) });
    }
    // As the process of inspections does (PM-9).
    const report = { until: '2027-05-01', reason: 'The report of an inspection (annual).' };
    await nodeOn(log).send('attachment', id('inspection'), 'RetainAttachment', report);
    await drain();
    const parts = () => refusedParts(nodeOn(log).states, contactId, now);
    const before = await parts();
    await forget();
    await drain();
    const told = Object.fromEntries((await listed()).map((row) => [row['document_category_type'], [row['kept_until'], row['reason']]]));
    const fiveYears = (category: string) => ['2031-03-01', `Kept 60 months as ${category}.`];
    expect(told).toEqual({
      contract: fiveYears('contract'),
      quotation: fiveYears('quotation'),
      signature: fiveYears('signature'),
      inspection: [report.until, report.reason],
    });
    expect(await situations('dpi')).toEqual(['removed']);
    expect(await parts()).toEqual(before);
    expect(Object.fromEntries(before.map(({ documentCategory, until, reason }) => [documentCategory, [until, reason]]))).toEqual(told);
  });

  test('leaves no name of it in what the log says of its files', async () => {
    await begin('scan', about);
    await begin('policy');
    expect(log.events.filter(({ category }) => category === 'attachment').map(({ data }) => data['name'])).toEqual(['dpi', 'policy of Ana']);
  });
});
