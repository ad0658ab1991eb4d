import { describe, expect, test } from '@jest/globals';
import { customer } from '../../../src/domain/customer/decider.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { interaction } from '../../../src/domain/interaction/decider.ts';
import { interactionEvents } from '../../../src/domain/interaction/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { personalPaths } from '../../../src/domain/kernel/personal.ts';
import { id, now, scenarios } from '../../kit/decider.ts';

const { given, fold } = scenarios(interaction);
const event = emit(interactionEvents);
const aCustomer = emit(customerEvents);
const customerId = id('customer');
const facts = {
  [`customer-${customerId}`]: scenarios(customer).fold([
    aCustomer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' }),
    aCustomer('ContactAdded', { contactId: id('ana'), role: 'primary', name: 'Ana', phones: [], emails: [] }),
    aCustomer('ContactAdded', { contactId: id('gone'), role: 'site', name: 'Gone', phones: [], emails: [] }),
    aCustomer('ContactRemoved', { contactId: id('gone') }),
  ]),
};
const talk = { channel: 'call', direction: 'inbound', heldAt: '2026-03-01T11:00:00.000Z', notes: 'Asked about rates.' } as const;
const log = { customerId, contactId: id('ana'), ...talk } as const;
const logged = event('InteractionLogged', log);

describe('a talk with a contact', () => {
  test('is written down once, with a contact whom the customer has now', () => {
    given().when('LogInteraction', log, { facts }).then(logged).andRepeatedNothing();
    given(logged)
      .when('LogInteraction', { ...log, notes: 'x' }, { facts })
      .thenRejected('alreadyLogged');
    given()
      .when('LogInteraction', { ...log, contactId: id('nobody') }, { facts })
      .thenRejected('unknownContact');
    given()
      .when('LogInteraction', { ...log, contactId: id('gone') }, { facts })
      .thenRejected('unknownContact');
    given().when('LogInteraction', log).thenRejected('unknownContact');
    given()
      .when('LogInteraction', { ...log, accountId: id('no account') }, { facts })
      .thenRejected('unknownAccount');
  });

  test('is written down after it was held', () => {
    given()
      .when('LogInteraction', { ...log, heldAt: '2026-03-01T12:00:00.001Z' }, { facts })
      .thenRejected('inTheFuture');
    given()
      .when('LogInteraction', { ...log, heldAt: now }, { facts })
      .thenTypes('InteractionLogged');
    given(logged)
      .when('CorrectInteraction', { ...talk, heldAt: '2027-01-01T00:00:00.000Z' })
      .thenRejected('inTheFuture');
  });

  test('can be corrected; with whom it was stays', () => {
    const corrected = { ...talk, notes: 'Asked about rates of reefers.' };
    given(logged)
      .when('CorrectInteraction', corrected)
      .then(event('InteractionCorrected', { contactId: id('ana'), ...corrected }))
      .andRepeatedNothing();
    given(logged).when('CorrectInteraction', talk).thenNothing();
  });

  test('ES-9 what was said is the contact’s own: encrypted under the contact’s key', () => {
    for (const definition of Object.values(interactionEvents)) {
      expect(definition.subject).toBe('contactId');
      expect(personalPaths(definition.schema)).toEqual([['notes']]);
    }
  });

  test('TE-1 belongs to the customer', () => expect(interaction.tenantOf(fold([logged]), id('self'))).toBe(customerId));
});
