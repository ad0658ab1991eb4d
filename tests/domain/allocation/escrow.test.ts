/** What an agreement grants and an allocation allows, over the real command path and process, with every delay and repetition of delivery. */
import { expect, test } from '@jest/globals';
import { allocations } from '../../../src/application/processes/allocations.ts';
import { ProcessRunner } from '../../../src/application/processes/runner.ts';
import { agreement, allocationIdOf } from '../../../src/domain/agreement/decider.ts';
import { type Agreement, grantedOf } from '../../../src/domain/agreement/state.ts';
import { type Allocation, allocation, usedOf } from '../../../src/domain/allocation/decider.ts';
import { catalog } from '../../../src/domain/catalog/decider.ts';
import { customer } from '../../../src/domain/customer/decider.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { type AnyEvent, emit, erase } from '../../../src/domain/kernel/aggregate.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { fc } from '../../kit/seed.ts';
import { shellOn } from '../../kit/shell.ts';
import { catalogStream, imported } from '../../kit/shipped-catalogs.ts';
import {
  accountId,
  activated,
  added,
  customerId,
  drafted,
  inLine,
  lined,
  lineItemId,
  otherAccountId,
  scheduleActivated,
  scheduleId,
  signed,
  timeZone,
} from '../agreement/fixtures.ts';
import { leaseUntil, place } from './fixtures.ts';

const holders = [accountId, otherAccountId] as const;
const unitsInLine = 10;
const account = { accountType: 'REGIONAL', currency: 'USD', country: 'GT', timeZone } as const;
const aCustomer = emit(customerEvents);
const history: readonly { readonly stream: string; readonly events: readonly AnyEvent[] }[] = [
  {
    stream: `customer-${customerId}`,
    events: [
      aCustomer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', currency: 'USD', country: 'GT', timeZone }),
      ...holders.map((holder, n) => aCustomer('AccountOpened', { accountId: holder, accountName: `${n}`, accountNumber: `${n}`, ...account })),
    ],
  },
  { stream: catalogStream('equipment-type'), events: imported('equipment-type', [{ code: 'dry-van', name: 'Dry van trailer' }]) },
  { stream: `agreement-${place.agreementId}`, events: [drafted, signed, added, lined, activated, scheduleActivated] },
];

const started = async () => {
  const log = new MemoryEventLog();
  for (const { stream, events } of history) {
    await happened(log, stream, ...events);
  }
  const shell = shellOn(log, [erase(customer), erase(agreement), erase(allocation), erase(catalog)], { [accountId]: customerId, [otherAccountId]: customerId });
  const runner = new ProcessRunner(allocations, { log, states: shell.states, commands: shell.commands, clock: () => now });
  return { log, shell, runner };
};
type System = Awaited<ReturnType<typeof started>>;

const countsOf = async ({ shell }: System) => {
  const master = (await shell.states.loadFresh('agreement', place.agreementId)).state as Agreement;
  const line = master.status === 'absent' ? undefined : master.schedules[scheduleId]?.lines[lineItemId];
  if (line === undefined) throw new Error('unreachable');
  const slots = await Promise.all(
    holders.map(async (holder) => {
      const allocationId = allocationIdOf(lineItemId, holder);
      const { state } = await shell.states.loadFresh('allocation', allocationId);
      const at = state as Allocation;
      const counts = at.status === 'absent' ? { allowed: 0, used: 0 } : { allowed: at.allowed, used: usedOf(at) };
      return { ...counts, granted: line.grants[allocationId]?.units ?? 0 };
    }),
  );
  return { units: line.numberOfUnits, granted: grantedOf(line), slots };
};
const holds = async (system: System): Promise<void> => {
  const { units, granted, slots } = await countsOf(system);
  expect(granted).toBeLessThanOrEqual(units);
  expect(slots.reduce((sum, { allowed }) => sum + allowed, 0)).toBeLessThanOrEqual(units);
  for (const { allowed, used, granted: mine } of slots) {
    expect(allowed).toBeLessThanOrEqual(mine);
    expect(used).toBeLessThanOrEqual(allowed);
  }
};

type Step =
  | { readonly kind: 'grant'; readonly holder: number; readonly units: number }
  | { readonly kind: 'lower'; readonly holder: number; readonly units: number }
  | { readonly kind: 'reserve'; readonly holder: number; readonly assignment: number }
  | { readonly kind: 'release'; readonly holder: number; readonly assignment: number }
  | { readonly kind: 'deliver'; readonly stream: number }
  | { readonly kind: 'again'; readonly event: number };
const holder = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('grant' as const), holder, units: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('lower' as const), holder, units: fc.integer({ min: 1, max: 6 }) }),
  fc.record({ kind: fc.constant('reserve' as const), holder, assignment: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('release' as const), holder, assignment: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('deliver' as const), stream: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('again' as const), event: fc.nat() }),
);

/** How far each stream's events have been delivered: in order within a stream, in any order between them. */
class Delivery {
  readonly #delivered = new Map<string, number>();
  readonly #system: System;
  constructor(system: System) {
    this.#system = system;
  }
  get waiting() {
    const { log } = this.#system;
    return log.events.filter(({ stream, revision }) => revision === (this.#delivered.get(stream) ?? -1) + 1 && !stream.startsWith('process'));
  }
  async next(stream: number): Promise<boolean> {
    const { waiting } = this;
    const event = waiting[stream % Math.max(1, waiting.length)];
    if (event === undefined) return false;
    await this.#system.runner.handle([event]);
    this.#delivered.set(event.stream, event.revision);
    return true;
  }
  /** A restart, and something that was delivered before comes again. */
  async again(event: number): Promise<void> {
    const { log, runner } = this.#system;
    const before = log.events.filter(({ stream, revision }) => revision <= (this.#delivered.get(stream) ?? -1));
    const found = before[event % Math.max(1, before.length)];
    await runner.started();
    if (found !== undefined) await runner.handle([found]);
  }
}

const perform = async (system: System, delivery: Delivery, each: Step): Promise<unknown> => {
  const { send } = system.shell;
  if (each.kind === 'deliver') return delivery.next(each.stream);
  if (each.kind === 'again') return delivery.again(each.event);
  const owner = holders[each.holder] ?? accountId;
  const allocationId = allocationIdOf(lineItemId, owner);
  if (each.kind === 'grant') return send('agreement', place.agreementId, 'GrantUnits', { ...inLine, accountId: owner, units: each.units });
  if (each.kind === 'lower') return send('allocation', allocationId, 'LowerAllowance', { units: each.units });
  const assignmentId = id(`assignment ${each.assignment}`);
  if (each.kind === 'release') return send('allocation', allocationId, 'ReleaseSlot', { assignmentId, reason: 'x' });
  return send('allocation', allocationId, 'ReserveSlot', { assignmentId, equipmentId: id(`unit ${each.assignment}`), from: '2026-03-01', leaseUntil });
};

test('AG-3 allowed ≤ granted and Σ granted ≤ units at every instant, however late and often each event is delivered; equal at rest', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50, size: 'max' }), async (steps) => {
      const system = await started();
      const delivery = new Delivery(system);
      for (const each of steps) {
        await perform(system, delivery, each);
        await holds(system);
      }
      while (await delivery.next(0)) await holds(system);
      const { units, slots } = await countsOf(system);
      expect(units).toBe(unitsInLine);
      for (const { allowed, granted } of slots) expect(allowed).toBe(granted);
    }),
    { numRuns: 60 },
  );
});

test('AG-3 the other order would break it: an allocation raised before its grant allows more than was granted', async () => {
  const system = await started();
  const allocationId = allocationIdOf(lineItemId, accountId);
  await system.shell.send('allocation', allocationId, 'AllowUnits', { ...place, units: 1 });
  await expect(holds(system)).rejects.toThrow();
});

test('AG-1 an ended schedule closes its allocations, a renewed one opens those of open accounts again', async () => {
  const system = await started();
  const { shell } = system;
  const delivery = new Delivery(system);
  const rest = async () => {
    while (await delivery.next(0));
  };
  for (const owner of holders) await shell.send('agreement', place.agreementId, 'GrantUnits', { ...inLine, accountId: owner, units: 2 });
  await rest();
  await shell.send('agreement', place.agreementId, 'ExpireSchedule', { scheduleId, on: '2026-11-30' });
  await rest();
  const situations = () =>
    Promise.all(holders.map(async (owner) => ((await shell.states.loadFresh('allocation', allocationIdOf(lineItemId, owner))).state as Allocation).status));
  expect(await situations()).toEqual(['closed', 'closed']);
  await shell.send('customer', customerId, 'CloseAccount', { accountId: otherAccountId, reason: 'x' });
  await shell.send('agreement', place.agreementId, 'RenewSchedule', { scheduleId, endDate: '2027-05-31' });
  await rest();
  expect(await situations()).toEqual(['open', 'closed']);
});
