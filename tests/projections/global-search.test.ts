import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { documents, kinds } from '../../projections/global-search/documents.ts';
import { globalSearch } from '../../projections/global-search/projection.ts';
import { globalSearchTable } from '../../projections/global-search/tables.ts';
import { askedWords, searchText } from '../../projections/global-search/words.ts';
import type { Caller } from '../../src/application/caller.ts';
import type { EventData } from '../../src/application/ports/event-log.ts';
import type { Found, Row, Search } from '../../src/application/ports/queries.ts';
import { erased } from '../../src/domain/kernel/personal.ts';
import { model } from '../../src/domain/model.ts';
import { search } from '../../src/infrastructure/queries/search.ts';
import { type Filled, openFilled } from '../infrastructure/queries/database.ts';
import { callerOf } from '../infrastructure/queries/kit.ts';
import { checkProjection, foldWhole, logOf } from '../kit/projections.ts';
import { holders, type Step, step } from './occurrences.ts';

const [transportes, frio] = holders;
const id = (n: number): string => `0000000${n}-0000-4000-8000-000000000000`;
const profile = (customerName: string, referenceNumber: string): EventData => ({
  ...{ customerName, referenceNumber, customerClass: 'enterprise', currency: 'GTQ', country: 'GT', timeZone: 'America/Guatemala' },
});
const unit = (unitNumber: string, vin: string): EventData => ({
  unitNumber,
  vin,
  equipmentType: 'reefer-53',
  specifications: {},
  timeZone: 'America/Guatemala',
});
const slot = (customerId: string, accountId: string): EventData => ({
  ...{ assignmentId: id(1), allocationId: id(1), agreementId: id(1), scheduleId: id(1), lineItemId: id(1), customerId, accountId },
});
const account = (accountId: string, accountName: string): EventData => ({
  ...{ accountId, accountName, accountNumber: `N-${accountName.length}`, accountType: 'NATIONAL', currency: 'GTQ', country: 'GT', timeZone: 'UTC' },
});
const person = { name: 'Rigoberta Menchú', email: 'rigoberta@example.com' };

const story: readonly Step[] = [
  step(0, `customer-${transportes}`, { type: 'CustomerRegistered', data: profile('Transportes del Istmo', 'C-100'), tenant: transportes }),
  step(1, `customer-${frio}`, { type: 'CustomerRegistered', data: profile('Cadena de Frío Ñandú', 'C-200'), tenant: frio }),
  step(2, `customer-${frio}`, {
    type: 'LegalEntityAdded',
    data: { legalEntityId: id(1), legalName: 'Helados Polares', taxIdKind: 'nit', taxId: '576937-K', country: 'GT' },
    tenant: frio,
  }),
  step(3, `customer-${transportes}`, { type: 'AccountOpened', data: account(id(2), 'Bodega Norte'), tenant: transportes }),
  step(4, `customer-${transportes}`, { type: 'AccountOpened', data: account(id(3), 'Bodega Sur'), tenant: transportes }),
  step(5, `equipment-${id(4)}`, { type: 'EquipmentRegistered', data: unit('T-100', '1XPBDP9X5JD123456') }),
  step(6, `equipment-${id(5)}`, { type: 'EquipmentRegistered', data: unit('T-1001', '1XPBDP9X5JD654321') }),
  step(7, `equipment-${id(4)}`, {
    type: 'EquipmentAssigned',
    data: { ...slot(transportes, id(2)), equipmentType: 'reefer-53', from: '2026-01-01', timeZone: 'UTC', status: 'on_rent' },
    tenant: transportes,
    account: id(2),
  }),
  step(8, `equipment-${id(4)}`, {
    type: 'EquipmentPermitSet',
    data: { permitId: id(1), licensePlateNumber: 'C-123BBB', licensePlateState: 'Guatemala', timeZone: 'UTC' },
    tenant: transportes,
    account: id(2),
  }),
  step(9, `user-${id(6)}`, { type: 'UserInvited', data: { ...person, customerId: transportes, expiresAt: '2026-02-01T00:00:00.000Z' }, tenant: transportes }),
];
const returned = step(10, `equipment-${id(4)}`, {
  type: 'EquipmentReturned',
  data: {
    ...slot(transportes, id(2)),
    startedOn: '2026-01-01',
    offRentOn: '2026-01-02',
    returnedOn: '2026-01-02',
    condition: 'good',
    damages: [],
    readings: [],
  },
  tenant: transportes,
  account: id(2),
});
const forgotten = step(11, `subject-${id(6)}`, { type: 'SubjectForgotten', data: { subjectId: id(6), kind: 'user', reason: 'asked' } });

const some: fc.Arbitrary<readonly Step[]> = fc.array(fc.constantFrom(...story, returned, forgotten), { maxLength: 20 }).map((steps) =>
  steps.map(({ stream, event }, n) => ({
    stream,
    event: step(n, stream, { type: event.type, data: event.data, tenant: event.metadata.tenant, account: event.metadata.account }).event,
  })),
);
const rowsAfter = async (steps: readonly Step[]): Promise<readonly Row[]> =>
  (foldWhole(globalSearch, (await logOf(steps)).events)['documents'] ?? []).map((row): Row => JSON.parse(row));

describe('the documents of search', () => {
  test('are the same however the log is split, repeated or rebuilt', async () => {
    await checkProjection({ definition: globalSearch, steps: some });
  });

  test('TE-9 a unit is found by whoever holds it now', async () => {
    const ownerAfter = async (steps: readonly Step[]): Promise<unknown> => {
      const row = (await rowsAfter(steps)).find((candidate) => candidate['id'] === id(4));
      return [row?.['customer_id'], row?.['account_id']];
    };
    expect(await ownerAfter(story.slice(0, 7))).toEqual([null, null]);
    expect(await ownerAfter(story)).toEqual([transportes, id(2)]);
    expect(await ownerAfter([...story, returned])).toEqual([null, null]);
  });

  test('nothing of a forgotten person is left', async () => {
    const before = JSON.stringify(await rowsAfter(story));
    const after = await rowsAfter([...story, forgotten]);
    for (const word of ['Rigoberta', 'rigoberta', 'menchu', 'example']) {
      expect(before).toContain(word);
      expect(JSON.stringify(after)).not.toContain(word);
    }
    expect(after.find((row) => row['id'] === id(6))?.['title']).toBe(erased);
  });

  test('every event named here is one of the model', () => {
    const types = new Set(model.flatMap(({ category, events }) => Object.keys(events).map((type) => `${category}/${type}`)));
    expect(Object.keys(documents).filter((key) => !types.has(key))).toEqual([]);
    expect(
      model
        .filter(({ confidentiality }) => confidentiality === 'restricted')
        .flatMap(({ category }) => Object.keys(documents).filter((key) => key.startsWith(`${category}/`))),
    ).toEqual([]);
  });

  test('stored text is bounded, without accents and case, with joined forms of what has punctuation', () => {
    expect(searchText(['T-100 Ñandú', null, 'ñandú'])).toBe(' t 100 nandu t100 ');
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 2000 }), { maxLength: 4 }), (texts) => {
        const line = searchText(texts);
        expect(line.length).toBeLessThanOrEqual(601);
        expect(Buffer.byteLength(line)).toBeLessThan(2600);
        expect(askedWords(texts.join(' ')).length).toBeLessThanOrEqual(8);
      }),
    );
  });
});

describe('search', () => {
  let filled: Filled;
  let found: Search;
  const all = new Set(Object.values(kinds).map(({ permission }) => permission));
  const user = (changes: Partial<Caller> = {}): Caller => callerOf({ tenant: transportes, permissions: all, ...changes });
  const staff = callerOf({ permissions: all });
  const titles = async (text: string, caller: Caller = staff, limit = 20): Promise<readonly string[]> =>
    (await found.searchFor(text, caller, limit)).data.map(({ title }) => title);

  beforeAll(async () => {
    filled = await openFilled({ 'global-search': [globalSearchTable] });
    found = search(filled.database);
    await filled.fill(globalSearchTable, await rowsAfter(story));
  });
  afterAll(async () => filled?.close());

  test('finds by whole words, beginnings, parts of numbers, plates, tax ids and without accents', async () => {
    expect(await titles('transportes')).toEqual(['Transportes del Istmo']);
    expect(await titles('istmo transp')).toEqual(['Transportes del Istmo']);
    expect(await titles('NANDU')).toEqual(['Cadena de Frío Ñandú']);
    expect(await titles('t100')).toEqual(['T-100', 'T-1001']);
    expect(await titles('T-100')).toEqual(['T-100', 'T-1001']);
    expect(await titles('1xpbdp9x5jd123456')).toEqual(['T-100']);
    expect(await titles('123456')).toEqual(['T-100']);
    expect(await titles('c-123bbb')).toEqual(['T-100']);
    expect(await titles('helados 576937')).toEqual(['Cadena de Frío Ñandú']);
  });

  test('forgives a wrong, missing, doubled or swapped letter', async () => {
    for (const typo of ['transprotes', 'trasportes', 'transporttes', 'tranzportes'])
      expect([typo, await titles(typo)]).toEqual([typo, ['Transportes del Istmo']]);
    expect(await titles('rigobreta')).toEqual([person.name]);
    expect(await titles('bodga norte')).toEqual(['Bodega Norte']);
  });

  test('ranks the exact before the similar, and says where to open it', async () => {
    const { data, asOf } = await found.searchFor('bodega norte', staff, 5);
    const [first]: readonly (Found | undefined)[] = data;
    expect(first).toMatchObject({ type: 'account', title: 'Bodega Norte', route: `/accounts/${id(2)}` });
    expect(data.map(({ score }) => score)).toEqual(data.map(({ score }) => score).sort((a, b) => b - a));
    expect(data.every(({ score }) => score > 0 && score <= 1)).toBe(true);
    expect(asOf.position).toBe('42');
    expect(await titles('bodega', staff, 1)).toHaveLength(1);
  });

  test('TE-2 finds only the caller’s own, within its accounts and permissions', async () => {
    expect(await titles('ñandú', user())).toEqual([]);
    expect(await titles('t100', user())).toEqual(['T-100']);
    expect(await titles('bodega', user({ accounts: new Set([id(3)]) }))).toEqual(['Bodega Sur']);
    expect(await titles('t100', user({ accounts: new Set([id(3)]) }))).toEqual([]);
    expect(await titles('rigoberta', user({ permissions: new Set(['customer:view']) }))).toEqual([]);
    expect(await titles('transportes', user({ permissions: new Set() }))).toEqual([]);
  });

  test('no text makes it fail', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 100 }), fc.constantFrom('%', '_', '\\', "'", '"', ' ', '%%%', "a' or 1=1 --", '\0')),
        async (text) => {
          expect(Array.isArray(await titles(text, user()))).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });
});
