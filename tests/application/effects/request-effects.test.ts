/** P9 on the real command path: where a request is, who takes it on, and who is told; once each, however often the events come. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { systemCaller } from '../../../src/application/caller.ts';
import { EffectRunner } from '../../../src/application/effects/runner.ts';
import type { Mail } from '../../../src/application/ports/mail.ts';
import { geocoding } from '../../../src/application/processes/geocoding.ts';
import { requestNotices } from '../../../src/application/processes/request-notices.ts';
import { candidatesFor, requestRouting, routingCatalog } from '../../../src/application/processes/request-routing.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import type { Catalog } from '../../../src/domain/catalog/decider.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import { emit, type Frozen } from '../../../src/domain/kernel/aggregate.ts';
import { model } from '../../../src/domain/model.ts';
import type { ServiceRequest } from '../../../src/domain/service-request/state.ts';
import { OutboxFolderMailer } from '../../../src/infrastructure/delivery/outbox-folder-mailer.ts';
import { CatalogGeocoder } from '../../../src/infrastructure/geocoding/catalog-geocoder.ts';
import { accountId, asked, customerId, zone } from '../../domain/service-request/kit.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { shellOn } from '../../kit/shell.ts';
import { importCatalog, importShipped } from '../../kit/shipped-catalogs.ts';

const unit = { unitNumber: 'U1', equipmentType: 'dry-van', vin: '1M8GDM9AXKP042788', specifications: { axles: 2 }, timeZone: zone } as const;
const requestId = id('request');
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'notices-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rule = (code: string, attributes: Readonly<Record<string, string>>) => ({ code, name: code, attributes });
const rules = [
  rule('all', { role: 'salesperson', userId: id('Ana') }),
  rule('site', { role: 'salesperson', userId: id('Beto'), serviceType: 'sanitarios' }),
  rule('site-east', { role: 'salesperson', userId: id('Carla'), serviceType: 'sanitarios', department: '19' }),
  rule('review-1', { role: 'reviewer', userId: id('Ana') }),
  rule('review-2', { role: 'reviewer', userId: id('Beto') }),
];

const world = async () => {
  const log = new MemoryEventLog();
  const shell = shellOn(log, model, { [accountId]: customerId });
  const { states, commands, send } = shell;
  await importShipped(log, ['service-type', 'service-urgency', 'holiday', 'municipio', 'department', 'notification-channel', 'sla-policy']);
  await importCatalog(log, routingCatalog, rules);
  const place = { currency: 'GTQ', country: 'GT', timeZone: zone } as const;
  const said = emit(customerEvents);
  await happened(
    log,
    `customer-${customerId}`,
    said('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', ...place }),
    said('AccountOpened', { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', ...place }),
    said('AddressAdded', { addressId: id('address'), kind: 'fiscal', isPrimary: true, street: '1a calle', municipio: '0301', country: 'GT' }),
  );
  for (const name of ['Ana', 'Beto', 'Carla']) {
    await send('user', id(name), 'InviteUser', { email: `${name.toLowerCase()}@example.org`, name });
    await send('user', id(name), 'LinkIdentity', { subject: `x|${name}` });
    await send('user', id(name), 'ApproveUser', {}, { caller: systemCaller('approver') });
  }
  const sent: Mail[] = [];
  const real = new OutboxFolderMailer({ folder, from: 'portal@example.org', clock: () => now });
  const mailer = {
    send: (mail: Mail) => {
      sent.push(mail);
      return real.send(mail);
    },
  };
  const parts = { log, states, commands, clock: () => now };
  const geocoder = new CatalogGeocoder(async (at) => (await states.loadFresh('catalog', at)).state as Frozen<Catalog>);
  const runners = () => [
    new ProcessRunner(requestRouting, parts),
    new EffectRunner(geocoding, { ...parts, ports: { geocoder } }),
    new EffectRunner(requestNotices, { ...parts, ports: { mailer, requestLink: (at) => `https://portal.example/service-requests/${at}` } }),
  ];
  const settle = async (from = 0) => {
    const all = runners();
    for (const runner of all) await runner.started();
    for (let seen = from; seen < log.events.length; ) {
      const batch = log.events.slice(seen);
      seen = log.events.length;
      for (const runner of all) await runner.handle(batch);
    }
  };
  const request = async () => {
    const state = (await states.loadFresh('serviceRequest', requestId)).state as ServiceRequest;
    if (state.situation === 'absent') throw new Error('there is no request');
    return state;
  };
  const give = async (type: string, data: object, more: object = {}) => {
    const outcome = await send(
      'serviceRequest',
      requestId,
      type,
      { ...data },
      { caller: { ...systemCaller('x'), actor: { kind: 'user', id: id('Driver') } }, ...more },
    );
    if (outcome.kind !== 'accepted') throw new Error(`${type}: ${JSON.stringify(outcome)}`);
  };
  return { log, send, settle, request, give, sent, types: (type: string) => log.events.filter((event) => event.type === type) };
};
const wanted = { ...asked('sanitarios'), customerId };
const toilets = (municipio: string) => ({ ...wanted, location: { street: '5a avenida', municipio } });

describe('P9 a request that comes in', () => {
  test('is found on the map, given to who covers its type and place, who is mailed; once, however often the events come', async () => {
    const { log, settle, request, give, sent, types } = await world();
    await give('SubmitRequest', toilets('1901'));
    await settle();
    const state = await request();
    expect(state.assignments.salesperson?.userId).toBe(id('Carla'));
    expect(types('RequestAddressGeocoded').map(({ data }) => data)).toMatchObject([{ precision: 'municipality', provider: 'offline' }]);
    expect(types('AddressGeocoded').map(({ data }) => data)).toMatchObject([{ addressId: id('address'), provider: 'offline' }]);
    expect(sent).toMatchObject([{ to: 'carla@example.org', subject: 'Solicitud 1 asignada / assigned' }]);
    expect(sent[0]?.text).toContain(requestId);
    expect(types('RequestNoticeSent').map(({ data }) => data)).toMatchObject([
      { kind: 'assigned', userIds: [id('Carla')], about: state.assignments.salesperson?.assignmentId },
    ]);
    const before = log.events.length;
    await settle();
    expect([log.events.length, (await readdir(folder)).length]).toEqual([before, 1]);
  });
  test('stays with whom somebody chose before the rules were asked', async () => {
    const { send, settle, request, give } = await world();
    await give('SubmitRequest', toilets('1901'));
    await send('serviceRequest', requestId, 'AssignRequest', { role: 'salesperson', userId: id('Ana') });
    await settle();
    expect((await request()).assignments.salesperson?.userId).toBe(id('Ana'));
  });
  test('goes to the next who can where the first cannot take it on', async () => {
    const { send, settle, request, give } = await world();
    await send('user', id('Carla'), 'SuspendUser', { reason: 'on leave' });
    await give('SubmitRequest', toilets('1901'));
    await settle();
    expect((await request()).assignments.salesperson?.userId).toBe(id('Beto'));
  });
  test('whose place comes with its position is exactly there', async () => {
    const { settle, give, types } = await world();
    const position = { latitude: '14.61', longitude: '-90.52' };
    await give('SubmitRequest', { ...wanted, location: { position } });
    await settle();
    expect(types('RequestAddressGeocoded').map(({ data }) => data)).toEqual([{ position, precision: 'exact', provider: 'caller' }]);
  });
  test('TE-10 a review goes to a reviewer who asked neither for it nor for the service', async () => {
    const { settle, request, give, sent } = await world();
    await give('SubmitRequest', wanted);
    await give('StartReview', {});
    await give('RequestManagerReview', {}, { caller: { ...systemCaller('x'), actor: { kind: 'user', id: id('Ana') } } });
    await settle();
    expect((await request()).assignments.reviewer?.userId).toBe(id('Beto'));
    expect(sent.map(({ to, subject }) => `${to} ${subject}`)).toContain('beto@example.org Solicitud 1 asignada / assigned');
    expect(sent.filter(({ to, subject }) => to === 'ana@example.org' && subject.includes('review'))).toEqual([]);
  });
  test('SR-6 a service level that is over is escalated once: who has it is told', async () => {
    const { settle, request, give, send, sent, types } = await world();
    await give('SubmitRequest', toilets('0101'));
    await settle();
    const { clock } = await request();
    const due = { entry: clock.entry, dueAt: clock.dueAt ?? '' };
    for (const key of ['first', 'second']) await send('serviceRequest', requestId, 'RecordSlaBreach', due, { key, at: due.dueAt });
    await settle();
    expect(types('RequestSlaBreached')).toHaveLength(1);
    expect(sent.filter(({ subject }) => subject.includes('late')).map(({ to }) => to)).toEqual(['beto@example.org']);
  });
  test('P11 is told when no vendor is left to send, and P9 when work goes on after a cancellation', async () => {
    const { log, send, settle, give, sent, types } = await world();
    await give('SubmitRequest', toilets('0101'));
    await settle();
    const job = (type: string, data: object) => send('roadside', id('job'), type, { ...data });
    const asked = { requestId, equipmentId: id('unit'), description: 'Flat tyre', currency: 'USD', attachmentIds: [] };
    await happened(log, `equipment-${id('unit')}`, emit(equipmentEvents)('EquipmentRegistered', unit));
    expect(await job('RequestRoadside', asked)).toMatchObject({ kind: 'accepted' });
    expect(await job('DispatchVendor', { vendorName: 'North' })).toMatchObject({ kind: 'accepted' });
    await job('DeclineDispatch', { reason: 'no truck' });
    await settle();
    expect(sent.filter(({ subject }) => subject.includes('no vendor')).map(({ to }) => to)).toEqual(['beto@example.org']);
    await give('CancelRequest', { reason: 'x' });
    const goesOn = { workId: id('W'), workKind: 'workOrder', reason: 'it had begun' };
    await send('serviceRequest', requestId, 'NoteWorkContinues', goesOn);
    await settle();
    expect(sent.filter(({ subject }) => subject.includes('work goes on')).map(({ to }) => to)).toEqual(['beto@example.org']);
    const told = types('RequestNoticeSent').length;
    await settle();
    expect(types('RequestNoticeSent')).toHaveLength(told);
  });
  test('who has turned such mail off is left out', async () => {
    const { send, settle, give, sent } = await world();
    const own = { ...systemCaller('x'), actor: { kind: 'user' as const, id: id('Carla') } };
    const off = { kind: 'request-assigned', channel: 'email', isOn: false };
    expect(await send('userSettings', id('Carla'), 'SetNotificationPreference', off, { caller: own })).toMatchObject({ kind: 'accepted' });
    await give('SubmitRequest', toilets('1901'));
    await settle();
    expect(sent).toEqual([]);
  });
});

test('the rule that names more of what a request is comes first; one that names something else never', () => {
  const state = {
    name: routingCatalog,
    entries: Object.fromEntries(rules.map((entry) => [entry.code, { isActive: entry.code !== 'all', entry }])),
  } as Frozen<Catalog>;
  expect(candidatesFor(state, 'salesperson', { serviceType: 'sanitarios', department: '19' })).toEqual([id('Carla'), id('Beto')]);
  expect(candidatesFor(state, 'salesperson', { serviceType: 'sanitarios', department: '01' })).toEqual([id('Beto')]);
  expect(candidatesFor(state, 'salesperson', { serviceType: 'tire' })).toEqual([]);
  expect(candidatesFor(undefined, 'salesperson', { serviceType: 'tire' })).toEqual([]);
});
