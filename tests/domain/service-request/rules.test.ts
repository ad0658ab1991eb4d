/** The rules of requests, each by its id. */
import { describe, expect, test } from '@jest/globals';
import { attachmentFact } from '../../../src/domain/attachment/state.ts';
import { canonicalJson } from '../../../src/domain/kernel/hash.ts';
import { namespaces, uuidv5 } from '../../../src/domain/kernel/ids.ts';
import { jsonSchemaMistakes } from '../../../src/domain/kernel/json-schema.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { serviceRequest } from '../../../src/domain/service-request/decider.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { shipped } from '../../kit/shipped-catalogs.ts';
import { accountId, asked, customer, customerId, details, equipmentId, facts, proven, reach, Story, submitted, unit, worked, zone } from './kit.ts';

const numRuns = 60;
const tenant = { tenant: customerId } as const;
const ended = (story: Story, name = 'W1', outcome: 'completed' | 'cancelled' = 'completed') =>
  story.give('NoteWorkEnded', { workId: id(name), workKind: 'workOrder', outcome });

describe('asking for service', () => {
  test('SR-12 a customer’s people ask for units that the account holds now; staff ask for any', () => {
    const strange = { facts: { ...facts, ...unit({ customerId: id('Norte'), accountId: id('Norte sur') }) } };
    const free = { facts: { ...facts, ...unit(undefined) } };
    const sister = { facts: { ...facts, ...unit({ customerId, accountId: id('Sur sur') }) } };
    expect(submitted('breakdown', 'normal', tenant).request.customerId).toBe(customerId);
    for (const given of [strange, free, sister]) {
      expect(() => submitted('breakdown', 'normal', { ...tenant, ...given })).toThrow('notHeld');
      expect(submitted('breakdown', 'normal', given).request.equipmentId).toBe(equipmentId);
    }
  });

  test('a blocked customer asks for emergencies only; one that left, or a closed account, for nothing', () => {
    const as = (change: object) => ({ facts: { ...facts, ...customer(change) } });
    expect(() => submitted('breakdown', 'urgent', as({ situation: 'blocked' }))).toThrow('customerBlocked');
    expect(submitted('breakdown', 'emergency', as({ situation: 'blocked' })).request.status).toBe('submitted');
    expect(() => submitted('breakdown', 'emergency', as({ situation: 'closed' }))).toThrow('customerClosed');
    expect(() => submitted('other', 'normal', as({ accounts: { [accountId]: { isOpen: false, timeZone: zone } } }))).toThrow('accountClosed');
    expect(() => submitted('other', 'normal', as({ accounts: {} }))).toThrow('unknownAccount');
  });

  test('SR-10 the number is the customer’s own series, held for ever', () => {
    const series: string[] = [];
    const takeNumber = (name: string) => series.push(name) && 17;
    const story = submitted('other', 'normal', { takeNumber });
    expect(series).toEqual([`request:${customerId}`]);
    expect(serviceRequest.numbers?.(story.state, id('request'))).toEqual([{ series: `request:${customerId}`, number: 17 }]);
  });

  test('the type says what is needed: a unit, a place, fields', () => {
    const { equipmentId: _unit, ...unitless } = asked('tire') as Record<string, unknown>;
    const story = reach('other', 'submitted');
    const submit = (data: object) => {
      const outcome = new (story.constructor as typeof Story)().decide('SubmitRequest', data as never);
      return isRejection(outcome) ? outcome.code : 'taken';
    };
    const { location: _place, ...placeless } = asked('fosas') as Record<string, unknown>;
    expect(submit(unitless)).toBe('equipmentRequired');
    expect(submit(placeless)).toBe('locationRequired');
    expect(submit({ ...placeless, facility: 'VNV-YARD' })).toBe('taken');
    expect(submit({ ...asked('fosas'), details: { waterType: 'black' } })).toBe('invalidDetails');
    expect(submit({ ...asked('other'), serviceType: 'rockets' })).toBe('unknownType');
  });

  test('SR-9 what is accepted validates against the schema whose version the event names; what does not is refused', () => {
    const entries = shipped('service-type').entries as unknown as Record<
      string,
      { readonly entry: { readonly attributes: { readonly detailsSchema: unknown } } }
    >;
    const value = fc.oneof(
      fc.integer({ min: -2, max: 20 }),
      fc.double({ noNaN: true, min: -1, max: 50 }),
      fc.constantFrom('black', 'x', '2026-03-10', '', '1LO'),
      fc.array(fc.constantFrom('1LO', '1LO?', 'A')),
      fc.boolean(),
    );
    const field = fc.constantFrom(
      'waterType',
      'volumeM3',
      'positions',
      'quantity',
      'rentalStartDate',
      'rentalEndDate',
      'designFlowM3Day',
      'symptom',
      'description',
      'strange',
    );
    fc.assert(
      fc.property(
        fc.constantFrom('fosas', 'tire', 'sanitarios', 'ptar', 'other', 'breakdown') as fc.Arbitrary<'fosas' | 'tire'>,
        fc.dictionary(field, value, { maxKeys: 3 }),
        (type, change) => {
          const story = submitted(type);
          const said = { ...details[type], ...change };
          const schema = entries[type]?.entry.attributes.detailsSchema;
          const outcome = story.give('AmendRequest', { description: 'more', details: said, location: { street: 'x' } });
          const isValid = jsonSchemaMistakes(schema, said).length === 0;
          expect(outcome).toEqual(isValid ? ['RequestAmended'] : 'invalidDetails');
          const last = story.events.at(-1);
          if (last?.type === 'RequestAmended') expect(last.data.detailsSchemaVersion).toBe(uuidv5(namespaces.entry, canonicalJson(schema)));
        },
      ),
      { numRuns },
    );
  });

  test('TE-1 files that the details name are the customer’s or the company’s', () => {
    const file = id('plan');
    const of = (owner: string | null) => ({ facts: { ...facts, [`attachment-${attachmentFact.at(file).id}`]: { situation: 'present', customerId: owner } } });
    const data = { description: 'x', details: { ...details.ptar, uploads: [file] }, location: { street: 'x' } };
    const story = submitted('ptar');
    expect(story.give('AmendRequest', data)).toBe('unknownAttachment');
    expect(story.give('AmendRequest', data, of(id('Norte')))).toBe('unknownAttachment');
    expect(story.give('AmendRequest', data, of(customerId))).toEqual(['RequestAmended']);
  });
});

describe('people', () => {
  test('TE-10 a manager review is decided by neither who asked for the service nor who asked for the review', () => {
    for (const decide of ['ApproveManagerReview', 'RejectManagerReview'] as const) {
      const data = (decide === 'ApproveManagerReview' ? {} : { reason: 'x' }) as never;
      const story = submitted('ptar');
      story.give('StartReview', {});
      story.by = 'Beto';
      story.give('RequestManagerReview', {});
      for (const [who, outcome] of [
        ['Ana', 'ownRequest'],
        ['Beto', 'ownRequest'],
      ] as const) {
        story.by = who;
        expect(story.give(decide, data)).toBe(outcome);
      }
      story.by = 'Carla';
      expect(story.give(decide, data)).toHaveLength(1);
      expect(story.give('MarkQuoted', { quotationId: id('Q1') })).toEqual(
        decide === 'ApproveManagerReview' ? ['RequestQuoted', 'RequestClockSet'] : 'reviewNeeded',
      );
    }
  });
  test('one person a role; the next one replaces, and only active people of the company or the customer take on', () => {
    const story = submitted('other');
    story.give('AssignRequest', { role: 'technician', userId: id('Ana') });
    expect(story.give('AssignRequest', { role: 'technician', userId: id('Ana') })).toEqual([]);
    expect(story.give('AssignRequest', { role: 'technician', userId: id('Beto') })).toEqual(['RequestUnassigned', 'RequestAssigned']);
    expect(story.give('AssignRequest', { role: 'reviewer', userId: id('nobody') })).toBe('userNotActive');
    const foreign = { facts: { ...facts, [`user-${id('Dora')}`]: { situation: 'active', customerId: id('Norte') } } };
    expect(story.give('AssignRequest', { role: 'reviewer', userId: id('Dora') }, foreign)).toBe('otherCustomersUser');
    expect(story.give('UnassignRequest', { role: 'technician' })).toEqual(['RequestUnassigned']);
  });
});

describe('work', () => {
  test('SR-2 at most one open order a kind; another kind beside it is another order', () => {
    const story = worked(reach('breakdown', 'in_progress'));
    expect(story.give('NoteWorkOpened', { workId: id('W2'), workKind: 'workOrder', kind: 'repair' })).toBe('workOpen');
    expect(story.give('NoteWorkOpened', { workId: id('W2'), workKind: 'workOrder', kind: 'tire' })).toEqual(['RequestWorkOpened']);
    expect(story.give('NoteWorkOpened', { workId: id('W2'), workKind: 'workOrder', kind: 'tire' })).toEqual([]);
    expect(story.give('NoteWorkOpened', { workId: id('R1'), workKind: 'roadside' })).toEqual(['RequestWorkOpened']);
  });

  test('SR-7 the last of its orders and jobs resolves it, once, however often and in whatever order their ends are told', () => {
    const works = ['W1', 'W2', 'R1'] as const;
    const told = fc.array(fc.record({ name: fc.constantFrom(...works), outcome: fc.constantFrom('completed' as const, 'cancelled' as const) }), {
      minLength: 3,
      maxLength: 12,
    });
    fc.assert(
      fc.property(told, fc.boolean(), (ends, hasPhoto) => {
        const story = reach('breakdown', 'in_progress');
        if (!hasPhoto) story.give('RemoveRequestMedia', { attachmentId: id('photo') });
        else proven(story);
        for (const [n, name] of works.entries())
          story.give('NoteWorkOpened', { workId: id(name), workKind: n === 2 ? 'roadside' : 'workOrder', ...(n === 2 ? {} : { kind: name }) });
        const outcomes = new Map<string, string>();
        for (const { name, outcome } of ends) {
          if (!outcomes.has(name)) outcomes.set(name, outcome);
          ended(story, name, outcome);
        }
        const isDone = outcomes.size === 3 && [...outcomes.values()].includes('completed');
        expect(story.count('RequestResolved')).toBe(isDone && hasPhoto ? 1 : 0);
        expect(story.events.filter((event) => event.type === 'RequestWorkEnded' && event.data.isLast)).toHaveLength(outcomes.size === 3 ? 1 : 0);
        if (outcomes.size < 3) expect(story.give('ResolveRequest', {})).toBe('workOpen');
      }),
      { numRuns },
    );
  });

  test('SR-7 work opens a request that nothing stands before, waits for an agreed time, and its end brings it through', () => {
    const tire = worked(submitted('tire'));
    expect(tire.request.status).toBe('in_progress');
    tire.give('NoteWorkEnded', { workId: id('W1'), workKind: 'workOrder', outcome: 'completed', evidence: ['photo'] });
    expect(tire.request.status).toBe('resolved');
    const pm = worked(reach('pm', 'scheduled'));
    expect(pm.request.status).toBe('scheduled');
    expect(ended(pm)).toEqual(['RequestWorkEnded', 'RequestStarted', 'RequestClockSet', 'RequestResolved', 'RequestClockSet']);
  });

  test('SR-7 what ends while the request is held resolves it when the hold does', () => {
    const story = worked(proven(reach('breakdown', 'in_progress')));
    story.give('PlaceRequestOnHold', { reason: 'x' });
    expect(ended(story)).toEqual(['RequestWorkEnded']);
    expect(story.give('ReleaseRequestHold', {})).toEqual(['RequestHoldReleased', 'RequestClockSet', 'RequestResolved', 'RequestClockSet']);
  });

  test('SR-1 a reopened order reopens the request it had resolved; its next end resolves it again', () => {
    const story = worked(proven(reach('breakdown', 'in_progress')));
    ended(story);
    expect(story.give('NoteWorkReopened', { workId: id('W1'), workKind: 'workOrder' })).toEqual(['RequestReopened', 'RequestClockSet', 'RequestWorkReopened']);
    expect(story.give('NoteWorkReopened', { workId: id('W1'), workKind: 'workOrder' })).toEqual([]);
    ended(story);
    expect(story.count('RequestResolved')).toBe(2);
    // What was completed before a person reopened it does not resolve it again.
    story.give('ReopenRequest', { reason: 'leaks' });
    worked(story, 'W2');
    ended(story, 'W2', 'cancelled');
    expect(story.request.status).toBe('in_progress');
  });
});

test('SR-14 a request that says no days, or a last one before the first, is not taken: nothing could be promised for it', () => {
  const of = (rentalStartDate: string, rentalEndDate: string) => ({ ...asked('sanitarios'), details: { quantity: 2, rentalStartDate, rentalEndDate } });
  expect(new Story().give('SubmitRequest', of('2026-03-10', '2026-03-09'))).toBe('invalidDetails');
  expect(new Story().give('SubmitRequest', of('2026-03-10', '2026-03-10'))).toContain('RequestSubmitted');
});

describe('places and notes', () => {
  const saved = { locations: { [id('yard')]: '{}' } };
  const mine = { facts: { ...facts, [`userSettings-${id('Ana')}`]: saved } };
  const others = { facts: { ...facts, [`userSettings-${id('Beto')}`]: saved } };
  const at = (name: string) => ({ ...asked('other'), location: { savedLocationId: id(name) } });

  test('a saved place is one of whoever asks, or of the one it is asked for', () => {
    expect(new Story().give('SubmitRequest', at('yard'), mine)).toContain('RequestSubmitted');
    expect(new Story().give('SubmitRequest', at('elsewhere'), mine)).toBe('unknownLocation');
    expect(new Story().give('SubmitRequest', at('yard'), others)).toBe('unknownLocation');
    expect(new Story().give('SubmitRequest', { ...at('yard'), requestedBy: id('Beto') }, others)).toContain('RequestSubmitted');
    expect(new Story().give('SubmitRequest', at('constructor'), mine)).toBe('unknownLocation');
  });
  test('whoever amends keeps the place that was said, and names no other than their own', () => {
    const story = new Story();
    story.give('SubmitRequest', at('yard'), mine);
    const amended = { description: 'corrected', details: details.other };
    expect(story.give('AmendRequest', { ...amended, location: { savedLocationId: id('yard') } }, others)).toEqual(['RequestAmended']);
    expect(story.give('AmendRequest', { ...amended, location: { savedLocationId: id('elsewhere') } }, others)).toBe('unknownLocation');
  });
  test('guards ask for the places of whoever asks', () => {
    const wanted = serviceRequest.guards?.SubmitRequest?.(serviceRequest.initial, at('yard'), {
      facts: new Map(),
      id: id('request'),
      actor: { kind: 'user', id: id('Ana') },
    });
    expect(wanted).toContainEqual({ category: 'userSettings', id: id('Ana') });
  });
  test('TE-2 what the company writes and reviews is its own: no customer sees that it happened', () => {
    const own = Object.entries(serviceRequest.events).flatMap(([type, definition]) => ('isCompanysOwn' in definition ? [type] : []));
    expect(own.sort()).toEqual([
      'ManagerReviewApproved',
      'ManagerReviewRejected',
      'ManagerReviewRequested',
      'RequestInternalNoteAdded',
      'RequestNoticeSent',
      'RequestUnitsShort',
    ]);
    // Customers never hold what writes them: only those who run the work do.
    for (const command of ['AddInternalNote', 'RequestManagerReview'] as const)
      expect(serviceRequest.commands[command].permission).toBe('service-request:assign');
  });
});
