import { describe, expect, test } from '@jest/globals';
import { accounts } from '../../../src/application/processes/accounts.ts';
import { attachments } from '../../../src/application/processes/attachments.ts';
import { agreementEvents } from '../../../src/domain/agreement/events.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import type { Attachment } from '../../../src/domain/attachment/state.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import {
  accountId,
  activated,
  added,
  allocationId,
  customerId,
  drafted,
  granted,
  lined,
  scheduleActivated,
  scheduleId,
  signed,
  timeZone,
} from '../../domain/agreement/fixtures.ts';
import { confirmed, opened, place, reserved } from '../../domain/allocation/fixtures.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { following, nodeOn } from './equipment-world.ts';

const aCustomer = emit(customerEvents);
const anAgreement = emit(agreementEvents);
const anAttachment = emit(attachmentEvents);
const aUnit = emit(equipmentEvents);
const accountProfile = { accountType: 'REGIONAL', currency: 'USD', country: 'GT', timeZone } as const;
const registered = aCustomer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', currency: 'USD', country: 'GT', timeZone });
const account = aCustomer('AccountOpened', { accountId, accountName: 'A', accountNumber: 'A', ...accountProfile });
const stateOf = async (log: MemoryEventLog, category: string, target: string) => (await nodeOn(log).states.loadFresh(category, target)).state;

describe('what follows from the account tree', () => {
  const leasing = async (): Promise<MemoryEventLog> => {
    const log = new MemoryEventLog();
    await happened(log, `customer-${customerId}`, registered, account, aCustomer('AgreementNoted', { agreementId: place.agreementId, notedAt: now }));
    await happened(log, `agreement-${place.agreementId}`, drafted, signed, added, lined, granted, activated, scheduleActivated);
    await happened(log, `allocation-${allocationId}`, opened(4));
    return log;
  };
  const close = (log: MemoryEventLog) => nodeOn(log).send('customer', customerId, 'CloseAccount', { accountId, reason: 'merged' });
  const reopen = (log: MemoryEventLog) => nodeOn(log).send('customer', customerId, 'ReopenAccount', { accountId });

  test('an opened account has a profile, once, however often it is delivered', async () => {
    const log = await leasing();
    await following(accounts, log, () => log.events).drain();
    await following(accounts, log, () => log.events).drain();
    expect(await stateOf(log, 'account', accountId)).toMatchObject({ situation: 'present', customerId });
    expect(log.events.filter(({ type }) => type === 'AccountProfileBegun')).toHaveLength(1);
  });

  test('an account that was closed before its profile was begun gets it when it is opened again', async () => {
    const log = await leasing();
    const process = following(accounts, log, () => log.events);
    await close(log);
    await process.drain();
    expect(await stateOf(log, 'account', accountId)).toMatchObject({ situation: 'absent' });
    await reopen(log);
    await process.drain();
    expect(await stateOf(log, 'account', accountId)).toMatchObject({ situation: 'present' });
  });

  test('TE-12 an account with a unit out is not closed; one without is, and takes no new units until it is reopened', async () => {
    const log = await leasing();
    const process = following(accounts, log, () => log.events);
    await happened(log, `allocation-${allocationId}`, reserved('one'), confirmed('one'));
    expect(await close(log)).toMatchObject({ kind: 'refused', rejection: { code: 'unitsOut', details: { unitsOut: 1 } } });
    await nodeOn(log).send('allocation', allocationId, 'ReleaseSlot', { assignmentId: id('one'), reason: 'returned' });
    expect(await close(log)).toMatchObject({ kind: 'accepted' });
    await process.drain();
    expect(await stateOf(log, 'allocation', allocationId)).toMatchObject({ status: 'closed' });
    await reopen(log);
    await process.drain();
    expect(await stateOf(log, 'allocation', allocationId)).toMatchObject({ status: 'open' });
  });

  test('AG-1 reopening an account opens nothing under a schedule that has ended meanwhile', async () => {
    const log = await leasing();
    const process = following(accounts, log, () => log.events);
    await close(log);
    await happened(log, `agreement-${place.agreementId}`, anAgreement('ScheduleExpired', { scheduleId, on: '2026-11-30' }));
    await reopen(log);
    await process.drain();
    expect(await stateOf(log, 'allocation', allocationId)).toMatchObject({ status: 'closed' });
  });
});

describe('what hangs on attachments', () => {
  const begun = (name: string) =>
    anAttachment('AttachmentUploadBegun', {
      uploadId: id(`upload ${name}`),
      customerId,
      documentCategory: 'contract',
      name,
      declaredType: 'application/pdf',
      declaredSizeBytes: 10,
      removeUnlinkedAt: now,
    });
  const linksOf = async (log: MemoryEventLog, name: string) => {
    const state = (await stateOf(log, 'attachment', id(name))) as Attachment;
    return state.situation === 'present' ? state.links : state.situation;
  };
  const names = ['contract', 'schedule paper', 'RTU', 'permit', 'insurance', 'photo'] as const;

  test('P18 is whatever an aggregate names as its paper, once each, however often it is delivered', async () => {
    const log = new MemoryEventLog();
    for (const name of names) await happened(log, `attachment-${id(name)}`, begun(name));
    await happened(
      log,
      `agreement-${place.agreementId}`,
      drafted,
      added,
      anAgreement('AgreementDocumentAttached', { attachmentId: id('contract'), role: 'signed' }),
      anAgreement('ScheduleDocumentAttached', { scheduleId, attachmentId: id('schedule paper'), role: 'other' }),
    );
    await happened(
      log,
      `customer-${customerId}`,
      registered,
      aCustomer('CustomerDocumentAdded', { documentId: id('document'), documentType: 'RTU', name: 'RTU', attachmentId: id('RTU'), timeZone }),
      aCustomer('CustomerDocumentAdded', { documentId: id('other document'), documentType: 'other', name: 'Nothing attached', timeZone }),
    );
    await happened(
      log,
      `equipment-${id('unit')}`,
      aUnit('EquipmentPermitSet', { permitId: id('permit row'), licensePlateNumber: 'C-1', licensePlateState: 'GT', attachmentId: id('permit'), timeZone }),
      aUnit('EquipmentDocumentAdded', { documentId: id('policy'), category: 'insurance', name: 'Policy', attachmentId: id('insurance'), timeZone }),
    );
    for (let times = 0; times < 2; times += 1) await following(attachments, log, () => log.events).drain();
    expect(Object.fromEntries(await Promise.all(names.map(async (name) => [name, await linksOf(log, name)])))).toEqual({
      contract: [`agreement/${place.agreementId}`],
      'schedule paper': [`agreement/${place.agreementId}/${scheduleId}`],
      RTU: [`customer/${customerId}/${id('document')}`],
      permit: [`equipment/${id('unit')}/${id('permit row')}`],
      insurance: [`equipment/${id('unit')}/${id('policy')}`],
      photo: [],
    });
    expect(log.events.filter(({ type }) => type === 'AttachmentLinked')).toHaveLength(5);
  });

  test('P18 the day’s cleaning leaves what hangs and removes what nothing links to', async () => {
    const log = new MemoryEventLog();
    for (const name of ['contract', 'photo']) await happened(log, `attachment-${id(name)}`, begun(name));
    await happened(log, `agreement-${place.agreementId}`, drafted, anAgreement('AgreementDocumentAttached', { attachmentId: id('contract'), role: 'signed' }));
    await following(attachments, log, () => log.events).drain();
    for (const name of ['contract', 'photo']) await nodeOn(log).send('attachment', id(name), 'RemoveUnlinkedAttachment', {});
    expect([await linksOf(log, 'contract'), await linksOf(log, 'photo')]).toEqual([[`agreement/${place.agreementId}`], 'removed']);
  });
});
