import { describe, expect, test } from '@jest/globals';
import { customers } from '../../projections/customers/projection.ts';
import { customerQueries } from '../../projections/customers/queries.ts';
import type { Account } from '../../src/domain/account/state.ts';
import { erased } from '../../src/domain/kernel/personal.ts';
import { entryId } from '../../src/domain/kernel/well-known.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { asking } from '../kit/queries.ts';
import { fc } from '../kit/seed.ts';
import { customerOf, histories, names, nth, person, prepared, street } from './customer-story.ts';
import { type History, historyOf } from './decided.ts';
import { step } from './occurrences.ts';

type Row = Readonly<Record<string, unknown>>;
const rowsOf = (steps: History['steps']) => foldedRows(customers, steps);
const idsOf = (rows: readonly Row[] | undefined, key: string, column?: string): readonly unknown[] =>
  (rows ?? [])
    .filter((row) => column === undefined || row[column] === true)
    .map((row) => row[key])
    .sort();

describe('the customers’ read model', () => {
  test('ES-3 is the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition: customers, steps: histories.map(({ steps }) => steps), runs: 25 });
  });

  test('holds what the deciders hold: every part, every account and every recipient, under its customer', async () => {
    let parts = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history.steps);
        for (const name of names) {
          const state = customerOf(history, name);
          if (state === undefined) throw new Error('unreachable');
          const mine = (table: string) => (rows[table] ?? []).filter((row) => row['customer_id'] === id(name));
          expect(mine('customer')).toMatchObject([
            { customer_name: state.name, status: state.situation, is_blocked: state.situation === 'blocked', is_credit_held: state.isCreditHeld },
          ]);
          expect(idsOf(mine('address'), 'customer_address_id', 'is_active')).toEqual(Object.keys(state.addresses).sort());
          expect(idsOf(mine('contact'), 'customer_contact_id', 'is_active')).toEqual(Object.keys(state.contacts).sort());
          expect(idsOf(mine('document'), 'customer_document_id', 'is_active')).toEqual(Object.keys(state.documents).sort());
          expect(idsOf(mine('companyName'), 'company_name_id', 'is_active')).toEqual(Object.keys(state.legalEntities).sort());
          expect(idsOf(mine('quickLink'), 'ten_quick_link_id')).toEqual(Object.keys(state.quickLinks).sort());
          expect(
            Object.fromEntries(mine('account').map((row) => [row['account_id'], [row['parent_account_id'], row['account_number'], row['status'] === 'open']])),
          ).toEqual(Object.fromEntries(Object.entries(state.accounts).map(([key, each]) => [key, [each.parentAccountId, each.accountNumber, each.isOpen]])));
          for (const [accountId] of Object.entries(state.accounts)) {
            const known = history.state<Account>('account', accountId);
            if (known.situation === 'absent') continue;
            const its = (table: string) => mine(table).filter((row) => row['account_id'] === accountId);
            expect(idsOf(its('alertRecipient'), 'recipient_id')).toEqual(Object.keys(known.alertRecipients).sort());
            expect(idsOf(its('invoiceRecipient'), 'invoice_recipient_id', 'is_opted_out')).toEqual(
              Object.entries(known.invoiceRecipients)
                .flatMap(([key, { isOptedOut }]) => (isOptedOut ? [key] : []))
                .sort(),
            );
            expect(Object.fromEntries(its('geofenceAlert').map((row) => [String(row['recipient_id']), row['alert_enabled']]))).toEqual({
              null: known.wantsGeofenceAlerts,
              ...Object.fromEntries(Object.entries(known.alertRecipients).map(([key, each]) => [key, each.wantsGeofenceAlerts])),
            });
            parts += its('geofenceAlert').length;
          }
        }
      }),
      { numRuns: 60 },
    );
    expect(parts).toBeGreaterThan(50);
  });

  test('a contact has exactly the numbers last said, and none once nobody is to call', async () => {
    const history = historyOf(
      [
        () => ({ category: 'customer', target: id('Sur'), type: 'AddContact', data: person(5) }),
        (at) => ({
          category: 'customer',
          target: id('Sur'),
          type: 'ChangeContact',
          data: { contactId: nth(customerOf(at, 'Sur')?.contacts, 0), ...person(3), phones: ['+50255551234'] },
        }),
      ],
      prepared,
    );
    const rows = await rowsOf(history.steps);
    expect(rows['phone']).toMatchObject([{ phone_number: '+50255551234', sort_order: 1 }]);
    expect(rows['email']?.map((row) => row['email']).sort()).toEqual(['ana0@example.org', 'ana1@example.org', 'ana2@example.org']);
    history.give({ category: 'customer', target: id('Sur'), type: 'RemoveContact', data: { contactId: nth(customerOf(history, 'Sur')?.contacts, 0) } });
    const after = await rowsOf(history.steps);
    expect([after['phone'], after['email'], after['contact']?.map((row) => row['is_active'])]).toEqual([[], [], [false]]);
  });

  test('ES-9 a forgotten contact’s name, numbers, addresses and talks are erased; all else stays', async () => {
    const history = historyOf(
      [
        () => ({ category: 'customer', target: id('Sur'), type: 'AddContact', data: person(5) }),
        (at) => ({
          category: 'interaction',
          target: id('talk'),
          type: 'LogInteraction',
          data: {
            customerId: id('Sur'),
            contactId: nth(customerOf(at, 'Sur')?.contacts, 0),
            channel: 'call',
            direction: 'inbound',
            heldAt: '2026-03-01T11:00:00.000Z',
            notes: 'About Ana',
          },
        }),
      ],
      prepared,
    );
    const contactId = nth(customerOf(history, 'Sur')?.contacts, 0);
    const forgotten = step(history.steps.length, `subject-${contactId}`, { type: 'SubjectForgotten', data: { subjectId: contactId } });
    const rows = await rowsOf([...history.steps, forgotten]);
    const personal = [...(rows['contact'] ?? []), ...(rows['phone'] ?? []), ...(rows['email'] ?? []), ...(rows['log'] ?? [])];
    expect(personal.length).toBeGreaterThan(3);
    expect(JSON.stringify(personal)).not.toMatch(/Ana|ana0|5555/);
    expect(rows['contact']?.[0]?.['contact_name']).toBe(erased);
    expect(rows['log']?.[0]).toMatchObject({ channel: 'call', notes: erased });
    expect(rows['customer']?.map((row) => row['customer_name']).sort()).toEqual(['Norte', 'Sur']);
  });

  test('an address knows its department, municipality and zone by their catalogs, and its position until it changes', async () => {
    const geocoded = historyOf(
      [
        () => ({ category: 'customer', target: id('Sur'), type: 'AddAddress', data: street(3) }),
        (at) => ({
          category: 'customer',
          target: id('Sur'),
          type: 'RecordGeocode',
          data: {
            addressId: nth(customerOf(at, 'Sur')?.addresses, 0),
            position: { latitude: '14.6349', longitude: '-90.5069' },
            precision: 'zone',
            provider: 'offline',
          },
        }),
      ],
      prepared,
    );
    expect((await rowsOf(geocoded.steps))['address']).toMatchObject([
      {
        department_id: entryId('department', '01'),
        municipio_id: entryId('municipio', '0101'),
        zona_id: entryId('zona', '0101-04'),
        latitude: 14.6349,
        longitude: -90.5069,
        geocode_precision: 'zone',
      },
    ]);
    geocoded.give({
      category: 'customer',
      target: id('Sur'),
      type: 'ChangeAddress',
      data: { addressId: nth(customerOf(geocoded, 'Sur')?.addresses, 0), ...street(4) },
    });
    expect((await rowsOf(geocoded.steps))['address']).toMatchObject([{ street: '4 Calle', latitude: null, geocode_precision: null, geocoded_at: null }]);
  });
});

describe('the customers’ queries', () => {
  test('TE-2 every one runs in Postgres, shows a tenant its own rows only, and staff all', async () => {
    const cases = fc.sample(histories, { numRuns: 10, seed: 5 });
    const { steps } = cases.reduce((most, each) => (each.steps.length > most.steps.length ? each : most));
    await asking({ projections: [customers], queries: customerQueries, steps }, async (ask) => {
      for (const { name } of customerQueries) {
        const all = await ask(name, null, { limit: '500' });
        const mine = await ask(name, id('Sur'), { limit: '500' });
        expect({ query: name, rows: mine.length }).toEqual({ query: name, rows: all.filter((row) => row['customer_id'] === id('Sur')).length });
        expect(JSON.stringify(mine)).not.toContain(id('Norte'));
      }
    });
  });
});
