/** Where the waste went (SR-13), and the visits of a rental. */
import { describe, expect, test } from '@jest/globals';
import { visitDays } from '../../../src/domain/service-request/visits.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { reach, submitted } from './kit.ts';

const numRuns = 60;

describe('waste and visits', () => {
  test.each(['fosas', 'sanitarios'] as const)('SR-13 %s does not resolve without its manifest', (type) => {
    const story = reach(type, 'in_progress');
    story.give('AttachRequestMedia', { attachmentId: id('photo'), mediaCategory: 'photo' });
    expect(story.give('ResolveRequest', {})).toBe('manifestMissing');
    story.give('RecordCollection', { manifestNumber: 'M-1', volumeM3: '8', collectedOn: '2026-03-02' });
    expect(story.give('ResolveRequest', {})).toBe('manifestUnbalanced');
    expect(story.give('RecordDisposal', { manifestNumber: 'M-1', volumeM3: '8', site: 'VNV-YARD', disposedOn: '2026-03-02' })).toBe('siteNotAuthorised');
    expect(story.give('RecordDisposal', { manifestNumber: 'M-1', volumeM3: '8', site: 'VNV-WASTE', disposedOn: '2026-03-02' })).toEqual(['WasteDisposed']);
    expect(story.give('ResolveRequest', {})).toEqual(['RequestResolved', 'RequestClockSet']);
  });

  test('SR-13 of every manifest disposed ≤ collected, exactly; resolved ⇒ equal', () => {
    const litres = fc.integer({ min: 1, max: 9000 });
    const volume = (n: number): string => (n / 1000).toFixed(3);
    const act = fc.oneof(
      fc.record({ kind: fc.constant('collect' as const), manifest: fc.nat(2), litres }),
      fc.record({ kind: fc.constant('dispose' as const), manifest: fc.nat(2), litres }),
      fc.record({ kind: fc.constant('rest' as const), manifest: fc.nat(2), litres }),
      fc.record({ kind: fc.constant('resolve' as const), manifest: fc.nat(2), litres }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        const story = reach('fosas', 'in_progress');
        story.give('AttachRequestMedia', { attachmentId: id('photo'), mediaCategory: 'photo' });
        const sums = new Map<string, { collected: number; disposed: number }>();
        for (const [n, { kind, manifest, litres: amount }] of acts.entries()) {
          const manifestNumber = `M-${manifest}`;
          const sum = sums.get(manifestNumber);
          if (
            kind === 'collect' &&
            story.give('RecordCollection', { manifestNumber, volumeM3: volume(amount), collectedOn: '2026-03-02' })[0] === 'WasteCollected'
          )
            sums.set(manifestNumber, { collected: amount, disposed: 0 });
          if (kind === 'dispose' || kind === 'rest') {
            const out = kind === 'rest' ? Math.max(1, (sum?.collected ?? 0) - (sum?.disposed ?? 0)) : amount;
            const outcome = story.give('RecordDisposal', {
              manifestNumber,
              volumeM3: volume(out),
              site: 'VNV-WASTE',
              disposedOn: '2026-03-02',
              ticketNumber: `T-${n}`,
            });
            const isOpen = story.request.status === 'in_progress';
            const fits = sum !== undefined && sum.disposed + out <= sum.collected;
            expect(outcome).toEqual(!isOpen ? 'notAllowedNow' : fits ? ['WasteDisposed'] : sum === undefined ? 'unknownManifest' : 'moreThanCollected');
            if (isOpen && fits && sum !== undefined) sum.disposed += out;
          }
          const isBalanced = sums.size > 0 && [...sums.values()].every(({ collected, disposed }) => collected === disposed);
          if (kind === 'resolve' && story.request.status === 'in_progress') expect(Array.isArray(story.give('ResolveRequest', {}))).toBe(isBalanced);
        }
      }),
      { numRuns },
    );
  });

  test('cleanings are spread evenly between delivery and pickup, as many a week as were agreed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 7 }), (days, cleaningsPerWeek) => {
        const pickup = new Date(Date.UTC(2026, 2, 1 + days)).toISOString().slice(0, 10);
        const visits = visitDays({ delivery: '2026-03-01', pickup, cleaningsPerWeek });
        const cleanings = visits.filter(({ kind }) => kind === 'cleaning').map(({ plannedOn }) => plannedOn);
        expect([visits[0], visits.at(-1)]).toEqual([
          { kind: 'delivery', plannedOn: '2026-03-01' },
          { kind: 'pickup', plannedOn: pickup },
        ]);
        expect(cleanings.every((day) => day > '2026-03-01' && day < pickup)).toBe(true);
        expect(new Set(cleanings).size).toBe(cleanings.length);
        expect(cleanings.length).toBeLessThanOrEqual(Math.ceil((days * cleaningsPerWeek) / 7));
        expect(cleanings.length).toBeGreaterThanOrEqual(Math.floor(((days - 1) * cleaningsPerWeek) / 7));
      }),
      { numRuns },
    );
  });

  test('what is agreed on plans its visits as its details say, once, and never over what somebody planned', () => {
    const early = reach('sanitarios', 'quoted');
    expect(early.give('PlanAgreedVisits', {})).toBe('notAllowedNow');
    const agreed = reach('sanitarios', 'accepted');
    agreed.give('PlaceRequestOnHold', { reason: 'rain' });
    expect(agreed.give('PlanAgreedVisits', {})).toBe('onHold');
    agreed.give('ReleaseRequestHold', {});
    const details = { quantity: 4, rentalStartDate: '2026-03-10', rentalEndDate: '2026-03-17', cleaningsPerWeek: 1 };
    agreed.give('AmendRequest', { description: 'please come', details, location: { street: '5a avenida 1-23' } });
    expect(agreed.give('PlanAgreedVisits', {})).toEqual(['RequestVisitsPlanned']);
    expect(Object.values(agreed.request.visits).map(({ kind, plannedOn }) => `${kind} ${plannedOn}`)).toEqual(['delivery 2026-03-10', 'pickup 2026-03-17']);
    expect(agreed.give('PlanAgreedVisits', {})).toEqual([]);
    agreed.give('PlanVisits', { delivery: '2026-03-11', pickup: '2026-03-12', cleaningsPerWeek: 0 });
    expect(agreed.give('PlanAgreedVisits', {})).toEqual([]);
    // Who says no cleanings has none.
    const bare = reach('sanitarios', 'accepted');
    expect([bare.give('PlanAgreedVisits', {}), Object.values(bare.request.visits).map(({ kind }) => kind)]).toEqual([
      ['RequestVisitsPlanned'],
      ['delivery', 'pickup'],
    ]);
    expect(reach('fosas', 'accepted').give('PlanAgreedVisits', {})).toBe('nothingToPlan');
  });

  test('a new plan drops what was planned and keeps what took place', () => {
    const story = submitted('sanitarios');
    story.give('PlanVisits', { delivery: '2026-03-01', pickup: '2026-03-29', cleaningsPerWeek: 1 });
    expect(story.give('PlanVisits', { delivery: '2026-03-01', pickup: '2026-03-29', cleaningsPerWeek: 1 })).toEqual([]);
    const [delivery = ''] = Object.keys(story.request.visits);
    story.give('CompleteVisit', { visitId: delivery, doneOn: '2026-03-01' });
    story.give('PlanVisits', { delivery: '2026-03-01', pickup: '2026-03-15', cleaningsPerWeek: 1 });
    expect(Object.values(story.request.visits).map(({ kind, plannedOn, status }) => `${kind} ${plannedOn} ${status}`)).toEqual([
      'delivery 2026-03-01 done',
      'cleaning 2026-03-08 planned',
      'pickup 2026-03-15 planned',
    ]);
  });
});
