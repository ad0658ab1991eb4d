/** Requests on the real command path: numbers, tenancy, deadlines, and the request's process with crashes of memory and redelivery. */
import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../src/application/caller.ts';
import { serviceRequests } from '../../src/application/processes/service-request.ts';
import { attachmentEvents } from '../../src/domain/attachment/events.ts';
import { customerEvents } from '../../src/domain/customer/events.ts';
import { emit } from '../../src/domain/kernel/aggregate.ts';
import { model } from '../../src/domain/model.ts';
import type { PresentRequest } from '../../src/domain/service-request/state.ts';
import { asked, times, zone } from '../domain/service-request/kit.ts';
import { id } from '../kit/decider.ts';
import { happened } from '../kit/happened.ts';
import { MemoryEventLog } from '../kit/memory-event-log.ts';
import { type Shell, shellOn } from '../kit/shell.ts';
import { importShipped } from '../kit/shipped-catalogs.ts';
import { following } from './processes/equipment-world.ts';

const anAccount = emit(customerEvents);
const file = emit(attachmentEvents);
const customers = ['Sur', 'Norte'] as const;
const accountOf = (name: string): string => (name === 'Sur' ? asked('other').accountId : id(`${name} account`));
const lookups = ['service-type', 'sla-policy', 'holiday', 'service-urgency', 'document-category', 'facility'];

const setUp = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await importShipped(log, lookups);
  const place = { currency: 'GTQ', country: 'GT', timeZone: zone } as const;
  for (const name of customers) {
    await happened(
      log,
      `customer-${id(name)}`,
      anAccount('CustomerRegistered', { customerName: name, customerClass: 'enterprise', ...place }),
      anAccount('AccountOpened', { accountId: accountOf(name), accountName: name, accountNumber: name, accountType: 'NATIONAL', ...place }),
    );
    await happened(log, `account-${accountOf(name)}`, { type: 'AccountProfileBegun', data: { customerId: id(name) } });
  }
  await happened(
    log,
    `attachment-${id('photo')}`,
    file('AttachmentUploadBegun', {
      ...{ uploadId: id('upload'), customerId: id('Sur'), documentCategory: 'photo', name: 'a.jpg' },
      ...{ declaredType: 'image/jpeg', declaredSizeBytes: 10, removeUnlinkedAt: '2026-03-02T12:00:00.000Z' },
    }),
  );
  return log;
};
const node = (log: MemoryEventLog): Shell => shellOn(log, model, { [accountOf('Sur')]: id('Sur'), [accountOf('Norte')]: id('Norte') });
const tenantOf = (name: string): Caller => ({
  actor: { kind: 'user', id: id(`${name} user`) },
  tenant: id(name),
  accounts: 'all',
  permissions: new Set(['service-request:create', 'service-request:edit']),
});
const { equipmentId: _unit, ...siteless } = asked('other') as Readonly<Record<string, unknown>>;
const ask = (shell: Shell, request: string, name: string, caller?: Caller) =>
  shell.send('serviceRequest', id(request), 'SubmitRequest', { ...siteless, accountId: accountOf(name) }, caller === undefined ? {} : { caller });
const stateOf = async (log: MemoryEventLog, category: string, target: string) => (await node(log).states.loadFresh(category, target)).state;
const requestOf = async (log: MemoryEventLog, name: string) => (await stateOf(log, 'serviceRequest', id(name))) as PresentRequest;

describe('requests through the shell', () => {
  test('SR-10 numbers grow by one in each customer, and tell nothing of another one’s', async () => {
    const log = await setUp();
    const nodes = [node(log), node(log)];
    await Promise.all(['a', 'b', 'c', 'd'].map((request, n) => ask(nodes[n % 2] ?? node(log), request, n < 3 ? 'Sur' : 'Norte')));
    const numbers = await Promise.all(['a', 'b', 'c'].map(async (name) => (await requestOf(log, name)).requestNumber));
    expect([...numbers].sort()).toEqual([1, 2, 3]);
    expect((await requestOf(log, 'd')).requestNumber).toBe(1);
  });

  test('TE-1 SR-12 the tenant comes from the caller: another one’s account or request is not there', async () => {
    const log = await setUp();
    const shell = node(log);
    expect(await ask(shell, 'a', 'Norte', tenantOf('Sur'))).toMatchObject({ kind: 'notFound' });
    expect(await ask(shell, 'b', 'Sur', tenantOf('Sur'))).toMatchObject({ kind: 'accepted' });
    const before = log.events.length;
    expect(await shell.send('serviceRequest', id('b'), 'CancelRequest', { reason: 'x' }, { caller: tenantOf('Norte') })).toMatchObject({ kind: 'notFound' });
    expect(log.events).toHaveLength(before);
    expect(log.events.filter(({ category }) => category === 'serviceRequest').every(({ metadata }) => metadata.tenant === id('Sur'))).toBe(true);
  });
});

describe('the request’s process', () => {
  const orders = async (log: MemoryEventLog, hasBegun: boolean): Promise<void> => {
    const shell = node(log);
    await ask(shell, 'a', 'Sur');
    await shell.send('serviceRequest', id('a'), 'AttachRequestMedia', { attachmentId: id('photo'), mediaCategory: 'photo' });
    await shell.send('serviceRequest', id('a'), 'ScheduleRequest', times);
    const opening = {
      accountId: accountOf('Sur'),
      kind: 'service',
      description: 'x',
      currency: 'GTQ',
      attachmentIds: [],
      source: 'request',
      requestId: id('a'),
    };
    expect(await shell.send('workOrder', id('W1'), 'OpenWorkOrder', opening)).toMatchObject({ kind: 'accepted' });
    expect(await shell.send('serviceRequest', id('a'), 'NoteWorkOpened', { workId: id('W1'), workKind: 'workOrder', kind: 'service' })).toMatchObject({
      kind: 'accepted',
    });
    if (!hasBegun) return;
    await shell.send('workOrder', id('W1'), 'StartWorkOrder', {});
    await shell.send('workOrder', id('W1'), 'CompleteWorkOrder', { closingReadings: [] });
  };

  test.each([false, true])(
    'ES-8 a cancelled request calls its open order off, or learns that it goes on (done: %s); once, however often delivered',
    async (hasBegun) => {
      const log = await setUp();
      await orders(log, hasBegun);
      expect(await node(log).send('serviceRequest', id('a'), 'CancelRequest', { reason: 'not needed' })).toMatchObject({ kind: 'accepted' });
      await following(serviceRequests, log, () => log.events).drain();
      const order = (await stateOf(log, 'workOrder', id('W1'))) as { readonly situation: string };
      const isCancelled = log.events.some(({ type }) => type === 'WorkOrderCancelled');
      expect([isCancelled, (await requestOf(log, 'a')).continuing]).toEqual(hasBegun ? [false, [id('W1')]] : [true, []]);
      expect(order.situation).not.toBe('absent');

      const before = log.events.length;
      const again = following(serviceRequests, log, () => log.events);
      await again.runner.started();
      await again.drain();
      expect(log.events).toHaveLength(before);
    },
  );

  test('ES-10 a request’s files hang on it while they belong to it', async () => {
    const log = await setUp();
    const shell = node(log);
    await ask(shell, 'a', 'Sur');
    await shell.send('serviceRequest', id('a'), 'AttachRequestMedia', { attachmentId: id('photo'), mediaCategory: 'photo' });
    const process = following(serviceRequests, log, () => log.events);
    await process.drain();
    const links = async () => ((await stateOf(log, 'attachment', id('photo'))) as { readonly links: readonly string[] }).links;
    expect(await links()).toEqual([`serviceRequest/${id('a')}`]);
    await node(log).send('serviceRequest', id('a'), 'RemoveRequestMedia', { attachmentId: id('photo') });
    await process.drain();
    expect(await links()).toEqual([]);
  });
});
