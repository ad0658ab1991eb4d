import { beforeEach, describe, expect, test } from '@jest/globals';
import { forgettingFiles } from '../../../src/application/processes/forgetting-files.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import type { Subject } from '../../../src/domain/subject/decider.ts';
import { shipped } from '../../domain/service-request/kit.ts';
import { id } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { following, nodeOn } from './equipment-world.ts';

const [customerId, contactId] = [id('Sur'), id('Ana')];
const place = { currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' } as const;
let log: MemoryEventLog;
beforeEach(async () => {
  log = new MemoryEventLog();
  const entries = Object.values(shipped('document-category').entries).map(({ entry }) => entry);
  const defined = { type: 'CatalogDefined', data: { name: 'document-category', source: 'shipped' } };
  await happened(log, `catalog-${catalogId('document-category')}`, defined, { type: 'EntriesImported', data: { entries } });
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
    // As the scheduler does it on the day after.
    await nodeOn(log).send('attachment', id('scan'), 'ForgetAttachment', {}, { at: '2027-02-01T12:00:00.000Z' });
    expect(await situations('scan')).toEqual(['removed']);
  });

  test('leaves no name of it in what the log says of its files', async () => {
    await begin('scan', about);
    await begin('policy');
    expect(log.events.filter(({ category }) => category === 'attachment').map(({ data }) => data['name'])).toEqual(['dpi', 'policy of Ana']);
  });
});
