/** QC-1, QC-2, QC-3 and TE-10 over any sequence of commands by several people at several times: what must hold of every history. */
import { expect, test } from '@jest/globals';
import type { CommandOf } from '../../../src/domain/kernel/aggregate.ts';
import { compareMoney } from '../../../src/domain/kernel/money.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { quotation } from '../../../src/domain/quotation/decider.ts';
import { hashOf, isGiven, type PresentQuotation } from '../../../src/domain/quotation/state.ts';
import { contextOf, id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { draftedFor, type Event, facts, gtq, yes } from './kit.ts';

type Command = CommandOf<typeof quotation.commands>;
type Told = { readonly event: Event; readonly by: string; readonly at: string; readonly before: PresentQuotation; readonly after: PresentQuotation };
const people = ['Ana', 'Beto', 'Carla'] as const;
const begin = Date.UTC(2026, 2, 1, 12);
const reason = { reason: 'x' };
/** Valid for three days, so that time runs out on some. */
const brief = draftedFor(3);
const line = (amount: string) => ({ description: 'x', quantity: '1', unitPrice: gtq(amount), tax: 'gt-iva-12' });
/** Around the limits of the policy: 12,000 needs no approval, above 120,000 any approver’s is not enough. */
const amounts = ['500.00', '6000.00', '12000.00', '12000.01', '120000.01'] as const;

/** A command as somebody would give it who sees the quotation as it is now. */
const wish: fc.Arbitrary<(state: PresentQuotation, history: readonly Event[]) => Command> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...amounts).map((amount) => () => ({ type: 'AddQuotationLine', data: line(amount) }) as const) },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 3 }).map((n) => (state: PresentQuotation): Command => {
      const lineId = Object.keys(state.lines)[n] ?? id('none');
      return n % 2 === 0 ? { type: 'RemoveQuotationLine', data: { lineId } } : { type: 'ChangeQuotationLine', data: { lineId, ...line('700.00') } };
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '0.3', '1').map((advanceRate) => () => ({ type: 'SetQuotationTerms', data: { validDays: 3, advanceRate } }) as const),
  },
  {
    weight: 10,
    arbitrary: fc
      .constantFrom<Command>(
        { type: 'SubmitQuotation', data: {} },
        { type: 'ApproveQuotation', data: {} },
        { type: 'ApproveLargeQuotation', data: {} },
        { type: 'IssueQuotation', data: {} },
        { type: 'IssueQuotation', data: {} },
        { type: 'ReviseQuotation', data: {} },
      )
      .map((command) => () => command),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<Command>(
        { type: 'RejectQuotation', data: reason },
        { type: 'DeclineQuotation', data: reason },
        { type: 'WithdrawQuotation', data: reason },
        { type: 'ExpireQuotation', data: { revision: 1 } },
        { type: 'ExpireQuotation', data: { revision: 2 } },
        { type: 'LogFollowUp', data: { notes: 'x' } },
      )
      .map((command) => () => command),
  },
  { weight: 2, arbitrary: fc.constant((state: PresentQuotation) => ({ type: 'ExpireQuotation', data: { revision: state.revision } }) as const) },
  // What was seen once: also the hash of an earlier revision.
  {
    weight: 3,
    arbitrary: fc
      .boolean()
      .map(
        (isNow) => (_state: PresentQuotation, history: readonly Event[]) =>
          ({ type: 'AcceptQuotation', data: yes(isNow ? history : history.slice(0, 3)) }) as const,
      ),
  },
);
const step = fc.record({ wish, by: fc.constantFrom(...people), hoursLater: fc.constantFrom(0, 0, 0, 1, 100) });

const live = (
  steps: readonly { readonly wish: (state: PresentQuotation, history: readonly Event[]) => Command; readonly by: string; readonly hoursLater: number }[],
) => {
  const told: Told[] = [];
  const fold = (state: unknown, { type, data }: Event, at: { readonly by: string; readonly now: string }): PresentQuotation => {
    const evolve = quotation.evolve[type] as (state: unknown, data: unknown, at: unknown) => PresentQuotation;
    return evolve(state, data, { id: id('event'), occurredAt: at.now, actor: { kind: 'user', id: id(at.by) } });
  };
  let at = begin;
  let state = fold(quotation.initial, brief, { by: 'Ana', now: new Date(at).toISOString() });
  const history: Event[] = [brief];
  for (const [n, { wish: wanted, by, hoursLater }] of steps.entries()) {
    at += hoursLater * 3_600_000;
    const now = new Date(at).toISOString();
    const context = contextOf({ facts, now, actor: { kind: 'user', id: id(by) }, newId: (k) => id(`made ${n} ${k}`), takeNumber: () => n + 1 });
    const { type, data } = wanted(state, history);
    const decide = quotation.decide[type] as (state: unknown, data: unknown, context: unknown) => ReturnType<(typeof quotation.decide)['SubmitQuotation']>;
    const decision = decide(state, data, context);
    if (isRejection(decision)) continue;
    for (const event of decision) {
      const after = fold(state, event, { by, now });
      told.push({ event, by, at: now, before: state, after });
      state = after;
      history.push(event);
    }
  }
  return { told, state };
};

const writing = ['QuotationLineAdded', 'QuotationLineChanged', 'QuotationLineRemoved', 'QuotationTermsSet', 'QuotationSubmitted', 'QuotationRevised'];
/** QC-3, TE-10: within the limit, or approved to the letter by somebody who had written none of it. */
const wasAllowed = (told: readonly Told[], at: number, hash: string): boolean =>
  told.slice(0, at).some(({ event, by }, n) => {
    if (event.type !== 'QuotationApproved' || event.data.contentHash !== hash) return false;
    const authors = ['Ana', ...told.slice(0, n).flatMap((each) => (writing.includes(each.event.type) ? [each.by] : []))];
    return !authors.includes(by);
  });

test('QC-1 QC-2 QC-3 TE-10 hold of every history, whoever does what and when', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const { told } = live(steps);
      const numbers = new Set<string>();
      let issued: { readonly hash: string; readonly revision: number; readonly expiresAt: string } | undefined;
      for (const [n, { event, at, before, after }] of told.entries()) {
        reached.add(event.type);
        expect(before.status).not.toBe('accepted');
        expect(after.revision - before.revision).toBe(event.type === 'QuotationRevised' ? 1 : 0);
        expect(quotation.tenantOf(after, '') === null).toBe(!isGiven(after));
        if (event.type === 'QuotationIssued') {
          const { contentHash, revision, expiresAt, quotationNumber, total } = event.data;
          expect(contentHash).toBe(hashOf(before));
          numbers.add(quotationNumber);
          issued = { hash: contentHash, revision, expiresAt };
          if (compareMoney(total, before.policy.approvalLimit) > 0) expect(wasAllowed(told, n, contentHash)).toBe(true);
        }
        if (event.type === 'QuotationAccepted') {
          expect([event.data.contentHash, event.data.revision]).toEqual([issued?.hash, issued?.revision]);
          expect(at < (issued?.expiresAt ?? '')).toBe(true);
          expect(hashOf(after)).toBe(issued?.hash);
          expect(n).toBe(told.length - 1);
        }
      }
      expect(numbers.size).toBeLessThanOrEqual(1);
    }),
    { numRuns: 400 },
  );
  // The runs were worth something.
  for (const type of [
    'QuotationApproved',
    'QuotationIssued',
    'QuotationRevised',
    'QuotationAccepted',
    'QuotationDeclined',
    'QuotationExpired',
    'QuotationWithdrawn',
  ])
    expect([type, reached.has(type)]).toEqual([type, true]);
});
