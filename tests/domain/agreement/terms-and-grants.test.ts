import { describe, expect, test } from '@jest/globals';
import { agreement, allocationIdOf } from '../../../src/domain/agreement/decider.ts';
import { grantedOf, rateOn, termsOn } from '../../../src/domain/agreement/state.ts';
import { contextOf, id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import {
  accountClosed,
  accountId,
  activated,
  added,
  allocationId,
  customerId,
  draft,
  drafted,
  event,
  facts,
  granted,
  inLine,
  lined,
  otherAccountId,
  scheduleActivated,
  scheduleId,
  signed,
  terms,
} from './fixtures.ts';

const { given, run } = scenarios(agreement);
const context = { facts };
const running = [drafted, signed, added, lined, activated, scheduleActivated] as const;

describe('terms and rates in force (AG-2)', () => {
  const factor = fc.constantFrom('1', '1.25', '1.5', '2');
  const date = fc.integer({ min: 0, max: 364 }).map((days) => new Date(Date.parse('2026-01-01') + days * 86_400_000).toISOString().slice(0, 10));
  const amendment = fc.record({ effectiveOn: date, holdoverFactor: factor, paymentDays: fc.integer({ min: 0, max: 90 }) });

  test('AG-2 the terms at t are those of the last amendment that took effect by then, whatever the order they were made in', () => {
    fc.assert(
      fc.property(fc.array(amendment, { maxLength: 12, size: 'max' }), date, (amendments, on) => {
        const { state } = run(
          [
            { type: 'DraftAgreement', data: draft },
            { type: 'AttachAgreementDocument', data: { attachmentId: id('contract'), role: 'signed' } },
            { type: 'ActivateAgreement', data: {} },
            ...amendments.map((data) => ({ type: 'AmendAgreement' as const, data: { ...data, billingMethod: 'arrears' as const } })),
          ],
          (index) => ({ facts, newId: (n) => id(`command ${index} made ${n}`) }),
        );
        if (state.status === 'absent') throw new Error('unreachable');
        const inForce = amendments
          .filter(({ effectiveOn }) => effectiveOn <= on)
          .reduce<(typeof amendments)[number] | undefined>(
            (last, each) => (last === undefined || each.effectiveOn >= last.effectiveOn ? each : last),
            undefined,
          );
        const expected =
          inForce === undefined ? { paymentDays: 30, holdoverFactor: '1.5' } : { paymentDays: inForce.paymentDays, holdoverFactor: inForce.holdoverFactor };
        expect(termsOn(state, on)).toMatchObject(expected);
        expect(termsOn(state, '2025-12-31')).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  test('AG-2 an amendment needs a date in the term, and the same one again changes nothing', () => {
    const amended = { effectiveOn: '2026-05-01', ...terms };
    given(drafted, signed, activated)
      .when('AmendAgreement', amended)
      .then(event('AgreementAmended', { amendmentId: id('made:0'), ...amended }))
      .andRepeatedNothing();
    given(drafted, signed, activated)
      .when('AmendAgreement', { ...amended, effectiveOn: '2027-01-01' })
      .thenRejected('outsideTerm');
  });

  test('AG-2 a later rate leaves what was in force before it', () => {
    const rate = { from: '2026-06-01', rate: { amount: '500.00', currency: 'USD' }, per: 'month' } as const;
    const { state } = given(...running).when('ChangeRate', { ...inLine, ...rate });
    if (state.status === 'absent') throw new Error('unreachable');
    const changed = state.schedules[scheduleId]?.lines[inLine.lineItemId];
    if (changed === undefined) throw new Error('unreachable');
    expect(rateOn(changed, '2026-05-31')?.rate.amount).toBe('450.00');
    expect(rateOn(changed, '2026-06-01')?.rate.amount).toBe('500.00');
    expect(rateOn(changed, '2026-01-31')).toBeUndefined();
    given(...running, event('LineRateChanged', { ...inLine, ...rate }))
      .when('ChangeRate', { ...inLine, ...rate })
      .thenNothing();
    given(...running)
      .when('ChangeRate', { ...inLine, ...rate, rate: { amount: '1', currency: 'GTQ' } })
      .thenRejected('otherCurrency');
  });
});

describe('grants (AG-3)', () => {
  const grant = (units: number, account = accountId) => ({ ...inLine, accountId: account, units });

  test('AG-3 an account is granted units up to the line’s number, and no more', () => {
    given(...running)
      .when('GrantUnits', grant(4), context)
      .then(granted);
    given(...running, granted)
      .when('GrantUnits', grant(7, otherAccountId), context)
      .thenRejected('overGranted');
    given(...running, granted)
      .when('GrantUnits', grant(6), context)
      .then(event('UnitsGranted', { ...inLine, allocationId, accountId, units: 6, total: 10, customerId, equipmentType: 'dry-van' }));
    given(...running)
      .when('GrantUnits', grant(1), { facts: accountClosed })
      .thenRejected('accountClosed');
    given(...running)
      .when('GrantUnits', { ...grant(1), lineItemId: id('no line') }, context)
      .thenRejected('unknownLine');
  });

  test('AG-3 a line never has fewer units than are granted', () => {
    given(...running, granted)
      .when('ChangeLineUnits', { ...inLine, numberOfUnits: 3 })
      .thenRejected('belowGranted');
    given(...running, granted)
      .when('ChangeLineUnits', { ...inLine, numberOfUnits: 4 })
      .then(event('LineUnitsChanged', { ...inLine, numberOfUnits: 4 }))
      .andRepeatedNothing();
  });

  test('AG-3 whatever is granted, reduced and changed in any order: Σ granted ≤ units, and each total is what was granted less what was given back', () => {
    const account = fc.constantFrom(accountId, otherAccountId);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('grant' as const), account, units: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ kind: fc.constant('reduce' as const), account, units: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('resize' as const), account, units: fc.integer({ min: 1, max: 15 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (steps) => {
        const held = new Map<string, number>();
        let state = given(...running).state;
        for (const { kind, account: holder, units } of steps) {
          const mine = held.get(holder) ?? 0;
          // Allocations give back only what they were granted (escrow).
          if (kind === 'reduce' && units > mine) continue;
          const command =
            kind === 'grant'
              ? ({ type: 'GrantUnits', data: grant(units, holder) } as const)
              : kind === 'reduce'
                ? ({ type: 'ReduceGrant', data: { ...inLine, allocationId: allocationIdOf(inLine.lineItemId, holder), units } } as const)
                : ({ type: 'ChangeLineUnits', data: { ...inLine, numberOfUnits: units } } as const);
          const after = from(state).when(command.type, command.data);
          if (after.length > 0 && kind !== 'resize') held.set(holder, mine + (kind === 'grant' ? units : -units));
          state = scenarios(agreement).fold(after, state);
          const lineNow = state.status === 'absent' ? undefined : state.schedules[scheduleId]?.lines[inLine.lineItemId];
          if (lineNow === undefined) throw new Error('unreachable');
          expect(grantedOf(lineNow)).toBeLessThanOrEqual(lineNow.numberOfUnits);
          expect(grantedOf(lineNow)).toBe([...held.values()].reduce((sum, each) => sum + each, 0));
        }
      }),
      { numRuns: 150 },
    );
  });
});

/** Decides on a state at hand; a refusal is no events. */
const from = (state: ReturnType<typeof given>['state']) => ({
  when: <K extends keyof typeof agreement.commands & string>(type: K, data: Parameters<(typeof agreement.decide)[K]>[1]) => {
    const decision = agreement.decide[type](state, data, contextOf({ facts }));
    return Array.isArray(decision) ? decision : [];
  },
});
