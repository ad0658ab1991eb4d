import { beforeEach, describe, expect, test } from '@jest/globals';
import { quotations } from '../../../src/application/processes/quotation.ts';
import { catalogEvents } from '../../../src/domain/catalog/events.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { catalogId } from '../../../src/domain/kernel/well-known.ts';
import { model } from '../../../src/domain/model.ts';
import { hashOf, type PresentQuotation } from '../../../src/domain/quotation/state.ts';
import { serviceRequestEvents } from '../../../src/domain/service-request/events.ts';
import { id } from '../../kit/decider.ts';
import { Machine } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';
import { happened } from './equipment-world.ts';

const customerId = id('Sur');
const accountId = id('Sur norte');
const requestId = id('request');
const catalog = emit(catalogEvents);
const request = emit(serviceRequestEvents);
const timeZone = 'America/Guatemala';

let log: MemoryEventLog;
let node: Shell;
let checkpoints: Map<string, number>;

const setUp = async (): Promise<void> => {
  log = new MemoryEventLog();
  checkpoints = new Map();
  const tax = { code: 'none', name: 'No tax', attributes: { rate: '0', validFrom: '1900-01-01' } };
  const policy = { code: 'default', name: 'Every', attributes: { validDays: 30, limits: { GTQ: { approvalLimit: '1000', approverLimit: '1000' } } } };
  for (const [name, entry] of [
    ['tax', tax],
    ['quotation-policy', policy],
  ] as const)
    await happened(log, `catalog-${catalogId(name)}`, catalog('CatalogDefined', { name, source: 'test' }), catalog('EntryDefined', { entry }));
  const profile = { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone } as const;
  await happened(log, `customer-${customerId}`, emit(customerEvents)('CustomerRegistered', profile));
  const steps = { quotation: true, review: false, schedule: true, manifest: false, evidence: [], reopenWindowDays: 30, autoCloseDays: 3 };
  const said = { description: 'a pit', details: {}, detailsSchemaVersion: id('schema'), policy: steps, timeZone, country: 'GT' };
  const asked = { requestNumber: 1, customerId, accountId, serviceType: 'fosas', urgency: 'normal', ...said };
  await happened(log, `serviceRequest-${requestId}`, request('RequestSubmitted', asked), request('RequestReviewStarted', {}));
  node = shellOn(log, model);
};
const give = (category: string, target: string, type: string, data: Readonly<Record<string, unknown>>) => node.send(category, target, type, data);
const issued = async (name: string): Promise<void> => {
  await give('quotation', id(name), 'DraftQuotation', { requestId, currency: 'GTQ' });
  const line = { description: 'emptying', quantity: '1', unitPrice: { amount: '500', currency: 'GTQ' }, tax: 'none' };
  await give('quotation', id(name), 'AddQuotationLine', line);
  expect(await give('quotation', id(name), 'IssueQuotation', {})).toMatchObject({ kind: 'accepted' });
};
const stateOf = async <S>(category: string, target: string): Promise<S> => (await node.states.loadFresh(category, target)).state as S;
const statusOf = async (name: string) => (await stateOf<PresentQuotation>('quotation', id(name))).status;
const requestNow = () => stateOf<{ readonly status: string; readonly quotations: readonly string[] }>('serviceRequest', requestId);
const accept = async (name: string) => {
  const state = await stateOf<PresentQuotation>('quotation', id(name));
  return give('quotation', id(name), 'AcceptQuotation', { revision: state.revision, contentHash: hashOf(state), name: 'Rosa' });
};
const machine = () => new Machine(log, { node: (of) => shellOn(of, model), processes: [quotations], events: () => log.events, checkpoints });
const drain = () => machine().drain();
/** Everything once more, on a node that remembers nothing: nothing may come of it. */
const redelivered = async (): Promise<void> => {
  const before = log.events.length;
  checkpoints.clear();
  const again = machine();
  await again.start();
  await again.drain();
  expect(log.events.slice(before).map(({ type }) => type)).toEqual([]);
};

describe('the quotations of a request', () => {
  beforeEach(setUp);

  test('QC-1 issued → quoted; one accepted → the request accepts, the others are withdrawn; redelivered, nothing', async () => {
    await issued('A');
    await issued('B');
    await drain();
    expect(await requestNow()).toMatchObject({ status: 'quoted', quotations: [id('A'), id('B')] });
    expect(await accept('A')).toMatchObject({ kind: 'accepted' });
    await drain();
    expect([await statusOf('A'), await statusOf('B')]).toEqual(['accepted', 'withdrawn']);
    expect(await requestNow()).toMatchObject({ status: 'accepted', acceptedQuotationId: id('A') });
    await redelivered();
  });

  test('QC-1 two accepted at once: one is, the other is refused', async () => {
    await issued('A');
    await issued('B');
    expect(await accept('A')).toMatchObject({ kind: 'accepted' });
    expect(await accept('B')).toMatchObject({ kind: 'refused', rejection: { code: 'requestAcceptanceTaken' } });
    await drain();
    expect([await statusOf('A'), await statusOf('B')]).toEqual(['accepted', 'withdrawn']);
    expect(await requestNow()).toMatchObject({ status: 'accepted' });
  });

  test('the last one lost → the request is in review again, and a new revision quotes it anew', async () => {
    await issued('A');
    await issued('B');
    await drain();
    await give('quotation', id('A'), 'DeclineQuotation', { reason: 'too dear' });
    await drain();
    expect(await requestNow()).toMatchObject({ status: 'quoted', quotations: [id('B')] });
    await give('quotation', id('B'), 'WithdrawQuotation', { reason: 'a slip' });
    await drain();
    expect(await requestNow()).toMatchObject({ status: 'in_review', quotations: [] });
    await give('quotation', id('A'), 'ReviseQuotation', {});
    await give('quotation', id('A'), 'IssueQuotation', {});
    await drain();
    expect(await requestNow()).toMatchObject({ status: 'quoted', quotations: [id('A')] });
    await redelivered();
  });

  test('SR-2 the request is cancelled → its open quotations are withdrawn, also one issued meanwhile', async () => {
    await issued('A');
    await drain();
    await issued('B');
    await happened(log, `serviceRequest-${requestId}`, request('RequestCancelled', { reason: 'sold', quotationIds: [id('A')], openWork: [] }));
    await drain();
    expect([await statusOf('A'), await statusOf('B')]).toEqual(['withdrawn', 'withdrawn']);
    node = shellOn(log, model);
    expect(await give('quotation', id('C'), 'DraftQuotation', { requestId, currency: 'GTQ' })).toMatchObject({ rejection: { code: 'requestNotReady' } });
    await redelivered();
  });
});
