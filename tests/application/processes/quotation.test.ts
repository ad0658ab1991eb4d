import { describe, expect, test } from '@jest/globals';
import { quotations } from '../../../src/application/processes/quotation.ts';
import { model } from '../../../src/domain/model.ts';
import type { PresentQuotation } from '../../../src/domain/quotation/state.ts';
import type { PresentRequest } from '../../../src/domain/service-request/state.ts';
import { id, now } from '../../kit/decider.ts';
import { killedAnywhere } from '../../kit/machine.ts';
import { fc } from '../../kit/seed.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';
import { redelivered, type Story, told, toldAnyhow, World } from './deliveries.ts';
import { following, TurnLog } from './equipment-world.ts';
import { accountId, acts, customerId, quotedWorld, requestId } from './quotation-world.ts';

const telling = { setUp: quotedWorld, processes: [quotations], clock: () => now, places: { [accountId]: customerId } };
const statusOf = async (world: World, name: string) => (await world.state<PresentQuotation>('quotation', id(name))).status;
const requestIn = (world: World) => world.state<PresentRequest>('serviceRequest', requestId);
const statuses = async (world: World, ...names: readonly string[]) => Promise.all(names.map((name) => statusOf(world, name)));
const all = async (people: Shell, steps: (on: ReturnType<typeof acts>) => readonly (() => Promise<unknown>)[]) => {
  for (const step of steps(acts(people))) await step();
};

/** Phases end with the processes at rest; what stands in one phase is delivered in any order. */
const stories: readonly Story[] = [
  {
    name: 'QC-1 issued → quoted; one accepted → the request accepts, the others are withdrawn',
    phases: [
      (people) => all(people, ({ issue }) => [() => issue('A'), () => issue('B'), () => issue('C')]),
      (people) => all(people, ({ accept }) => [() => accept('B')]),
    ],
    ends: async (world) => {
      expect(await statuses(world, 'A', 'B', 'C')).toEqual(['withdrawn', 'accepted', 'withdrawn']);
      expect(await requestIn(world)).toMatchObject({ status: 'accepted', acceptedQuotationId: id('B'), quotations: [] });
      expect(world.count('RequestAccepted')).toBe(1);
    },
  },
  {
    name: 'QC-1 a second one issued beside the acceptance of the first ends with it, whichever its request hears of first',
    phases: [(people) => all(people, ({ issue, accept }) => [() => issue('A'), () => accept('A'), () => issue('B')])],
    ends: async (world) => {
      expect(await statuses(world, 'A', 'B')).toEqual(['accepted', 'withdrawn']);
      expect(await requestIn(world)).toMatchObject({ status: 'accepted', acceptedQuotationId: id('A'), quotations: [] });
    },
  },
  {
    name: 'the last one lost → the request is in review again, and a new revision quotes it anew',
    phases: [
      (people) => all(people, ({ issue }) => [() => issue('A'), () => issue('B')]),
      (people) =>
        all(people, ({ give }) => [() => give('A', 'DeclineQuotation', { reason: 'too dear' }), () => give('B', 'WithdrawQuotation', { reason: 'a slip' })]),
      (people) => all(people, ({ give }) => [() => give('A', 'ReviseQuotation', {}), () => give('A', 'IssueQuotation', {})]),
    ],
    ends: async (world) => {
      expect(await statuses(world, 'A', 'B')).toEqual(['issued', 'withdrawn']);
      expect(await requestIn(world)).toMatchObject({ status: 'quoted', quotations: [id('A')] });
      expect(world.of('RequestQuotationLapsed').map(({ data }) => data['isLast'])).toEqual([false, true]);
    },
  },
  {
    name: 'SR-2 the request is cancelled → its open quotations are withdrawn, also one issued meanwhile',
    phases: [
      (people) => all(people, ({ issue }) => [() => issue('A')]),
      (people) => all(people, (on) => [() => on.issue('B'), () => on.request('CancelRequest', { reason: 'sold' })]),
    ],
    ends: async (world) => {
      expect(await statuses(world, 'A', 'B')).toEqual(['withdrawn', 'withdrawn']);
      expect((await requestIn(world)).status).toBe('cancelled');
    },
  },
  {
    name: 'QC-2 a declined request takes its quotations along, and a lead that comes back is quoted anew',
    phases: [
      (people) => all(people, ({ issue }) => [() => issue('A')]),
      (people) => all(people, (on) => [() => on.request('DeclineRequest', { reason: 'lost' })]),
      (people) => all(people, (on) => [() => on.request('ReopenRequest', { reason: 'came back' }), () => on.issue('B')]),
    ],
    ends: async (world) => {
      expect(await statuses(world, 'A', 'B')).toEqual(['withdrawn', 'issued']);
      expect(await requestIn(world)).toMatchObject({ status: 'quoted', quotations: [id('B')] });
    },
  },
];

describe('the quotations of a request', () => {
  test.each(stories)('$name', async (story) => {
    const { log } = await told(story, telling);
    await story.ends(new World(log));
    expect(await redelivered(log, telling)).toBe(0);
  });

  test.each(stories)('ES-8 the same end, killed around every call to the log: $name', async (story) => {
    const kills = await killedAnywhere(async (death) => {
      const { log, died } = await told(story, telling, { death, batch: 1 + (death.step % 4) });
      await story.ends(new World(log));
      return died > 0;
    }, 2);
    expect(kills).toBeGreaterThan(5);
  });

  test.each(stories)('ES-8 the same end, delivered out of order and twice: $name', async (story) => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat()), async (draws) => {
        const draw = (max: number): number => Number(draws.next().value) % (max + 1);
        await story.ends(new World(await toldAnyhow(story, telling, draw)));
      }),
      { numRuns: 25 },
    );
  });

  test('QC-1 two accepted at once: one is, the other is refused', async () => {
    const log = await quotedWorld();
    const { issue, accept } = acts(shellOn(log, model));
    await issue('A');
    await issue('B');
    const outcomes = await Promise.all([accept('A'), accept('B')]);
    expect(outcomes.map(({ kind }) => kind).sort()).toEqual(['accepted', 'refused']);
    expect(outcomes.find(({ kind }) => kind === 'refused')).toMatchObject({ rejection: { code: 'requestAcceptanceTaken' } });
  });

  test('QC-1 whatever the process and two salespeople do at the same moment, no other quotation is left open beside an accepted one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const memory = await quotedWorld();
        const first = acts(shellOn(memory, model));
        await first.issue('A');
        await first.draft('B');
        const log = new TurnLog(memory, (label) => scheduler.schedule(Promise.resolve(), label));
        const process = following(quotations, log, () => memory.events);
        const reacting = (async () => {
          for (let n = 0; n < 8; n += 1) {
            await scheduler.schedule(Promise.resolve(), 'the process looks');
            await process.step();
          }
        })();
        const issuing = acts(shellOn(log, model)).give('B', 'IssueQuotation', {});
        await scheduler.waitFor(Promise.all([acts(shellOn(log, model)).accept('A'), issuing, reacting]));
        await scheduler.waitFor(process.drain());
        const world = new World(memory);
        expect(await statusOf(world, 'A')).toBe('accepted');
        expect(['withdrawn', 'draft']).toContain(await statusOf(world, 'B'));
        expect(await requestIn(world)).toMatchObject({ status: 'accepted', quotations: [] });
      }),
      { numRuns: 60 },
    );
  });

  test('TE-2 events of drafts and salespeople’s notes are nobody’s but the company’s; what the customer was given is its own', async () => {
    const log = await quotedWorld();
    const { issue, give } = acts(shellOn(log, model));
    await issue('A');
    await give('A', 'LogFollowUp', { notes: 'hesitates' });
    await give('A', 'ReviseQuotation', {});
    await give('A', 'SetQuotationTerms', { validDays: 5 });
    await give('A', 'IssueQuotation', {});
    const whose = log.events.filter(({ category }) => category === 'quotation').map(({ type, metadata }) => [type, metadata.tenant, metadata.account]);
    expect(whose).toEqual([
      ['QuotationDrafted', null, null],
      ['QuotationLineAdded', null, null],
      ['QuotationIssued', customerId, accountId],
      ['QuotationFollowUpLogged', null, null],
      ['QuotationRevised', customerId, accountId],
      ['QuotationTermsSet', null, null],
      ['QuotationIssued', customerId, accountId],
    ]);
  });

  test('TE-2 while it is written anew its own customer is told so, and nobody else learns that there is one', async () => {
    const log = await quotedWorld();
    const { issue, draft, give } = acts(shellOn(log, model));
    await issue('A');
    await give('A', 'ReviseQuotation', {});
    await draft('B');
    const permissions = new Set(['quotation-acceptance:create']);
    const asks = (name: string, tenant: string, accounts: 'all' | ReadonlySet<string> = 'all') => {
      const caller = { actor: { kind: 'user' as const, id: id('Rosa') }, tenant, accounts, permissions };
      return give(name, 'DeclineQuotation', { reason: 'too dear' }, { caller });
    };
    expect(await asks('A', customerId)).toMatchObject({ kind: 'refused', rejection: { code: 'beingRevised' } });
    const yes = { revision: 1, contentHash: '0'.repeat(64), name: 'Rosa' };
    const caller = { actor: { kind: 'user' as const, id: id('Rosa') }, tenant: customerId, accounts: new Set([accountId]), permissions };
    const refused = await give('A', 'AcceptQuotation', yes, { caller });
    expect(refused).toMatchObject({ kind: 'refused', rejection: { code: 'beingRevised' } });
    // How far the draft is, and what it says, is no part of the answer.
    expect(JSON.stringify(refused)).not.toMatch(/draft|contentHash|pending/);
    for (const [name, tenant, accounts] of [
      ['A', id('stranger'), 'all'],
      ['A', customerId, new Set([id('Sur sur')])],
      ['B', customerId, 'all'],
    ] as const)
      expect(await asks(name, tenant, accounts)).toEqual({ kind: 'notFound' });
  });

  test('SR-2 a request that has ended takes no new quotation', async () => {
    const log = await quotedWorld();
    const people = acts(shellOn(log, model));
    await people.request('CancelRequest', { reason: 'sold' });
    expect(await people.give('C', 'DraftQuotation', { requestId, currency: 'GTQ' })).toMatchObject({ rejection: { code: 'requestNotReady' } });
  });

  test('QC-5 no work before the advance of the accepted quotation is in, or somebody who did not write it lets it begin', async () => {
    const agreed = async () => {
      const log = await quotedWorld();
      const people = acts(shellOn(log, model));
      await people.issue('A', '0.2');
      await following(quotations, log, () => log.events).drain();
      await people.accept('A');
      await following(quotations, log, () => log.events).drain();
      const times = { startsAt: '2026-03-02T15:00:00.000Z', endsAt: '2026-03-02T17:00:00.000Z' };
      expect(await people.request('ScheduleRequest', times)).toMatchObject({ kind: 'accepted' });
      return people;
    };
    const order = { workId: id('order'), workKind: 'workOrder', kind: 'service' };
    const needed = { rejection: { code: 'advanceNeeded', details: { advance: { amount: '100.00' } } } };
    const waiting = await agreed();
    expect(await waiting.request('StartRequest', {})).toMatchObject(needed);
    expect(await waiting.request('NoteWorkOpened', order)).toMatchObject(needed);
    expect(await waiting.pay('A', '60', 'one')).toMatchObject({ kind: 'accepted' });
    expect(await waiting.request('StartRequest', {})).toMatchObject(needed);
    expect(await waiting.pay('A', '40', 'two')).toMatchObject({ kind: 'accepted' });
    expect(await waiting.request('NoteWorkOpened', order)).toMatchObject({ kind: 'accepted' });
    expect(await waiting.request('StartRequest', {})).toMatchObject({ kind: 'accepted' });
    const trusted = await agreed();
    expect(await trusted.trust('A')).toMatchObject({ kind: 'accepted' });
    expect(await trusted.request('StartRequest', {})).toMatchObject({ kind: 'accepted' });
  });
});
