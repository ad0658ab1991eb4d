/** A unit, a request, its orders and roadside jobs on the real command path, and stories told over them whoever dies when. */
import { expect, test } from '@jest/globals';
import type { ProcessDefinition } from '../../../src/application/processes/process.ts';
import { roadsideJobs } from '../../../src/application/processes/roadside.ts';
import { serviceRequests } from '../../../src/application/processes/service-request.ts';
import { workOrders } from '../../../src/application/processes/work-order.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import { customerEvents } from '../../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../../src/domain/equipment/events.ts';
import type { Equipment } from '../../../src/domain/equipment/state.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { type Meter, meterId } from '../../../src/domain/meter/state.ts';
import { model } from '../../../src/domain/model.ts';
import type { ServiceRequest } from '../../../src/domain/service-request/state.ts';
import type { WorkOrder } from '../../../src/domain/work-order/state.ts';
import { defined } from '../../domain/maintenance/kit.ts';
import { accountId, customerId, equipmentId, submitted, zone } from '../../domain/service-request/kit.ts';
import { id, now } from '../../kit/decider.ts';
import { happened } from '../../kit/happened.ts';
import { type Death, killedAnywhere, Machine, MortalLog } from '../../kit/machine.ts';
import { MemoryEventLog } from '../../kit/memory-event-log.ts';
import { type Shell, shellOn } from '../../kit/shell.ts';
import { importShipped } from '../../kit/shipped-catalogs.ts';
import { addedAgain, lived } from './deliveries.ts';

export const requestId = id('request');
const photo = id('photo');
export const usd = (amount: string) => ({ amount, currency: 'USD' });
const node = (log: ConstructorParameters<typeof MortalLog>[0]): Shell => shellOn(log, model, { [accountId]: customerId });

const setUp = async (): Promise<MemoryEventLog> => {
  const log = new MemoryEventLog();
  await importShipped(log, ['uom', 'vmrs', 'work-order-policy', 'equipment-type', 'document-category']);
  const place = { currency: 'USD', country: 'GT', timeZone: zone } as const;
  const customer = emit(customerEvents);
  await happened(
    log,
    `customer-${customerId}`,
    customer('CustomerRegistered', { customerName: 'Sur', customerClass: 'enterprise', ...place }),
    customer('AccountOpened', { accountId, accountName: 'Norte', accountNumber: '1', accountType: 'REGIONAL', ...place }),
  );
  const unit = { unitNumber: 'U1', equipmentType: 'dry-van', vin: '1M8GDM9AXKP042788', specifications: { axles: 2 }, timeZone: zone } as const;
  await happened(log, `equipment-${equipmentId}`, emit(equipmentEvents)('EquipmentRegistered', unit));
  const file = { name: 'photo.jpg', declaredType: 'image/jpeg', declaredSizeBytes: 10, removeUnlinkedAt: now } as const;
  await happened(log, `attachment-${photo}`, emit(attachmentEvents)('AttachmentUploadBegun', { uploadId: photo, documentCategory: 'photo', ...file }));
  const pm = defined();
  await happened(log, `maintenance-${id('pm')}`, { ...pm, data: { ...pm.data, equipmentId } });
  await happened(log, `serviceRequest-${requestId}`, ...submitted('other').events);
  return log;
};

/** The processes run after all that is told. */
const clock = () => '2026-03-21T00:00:00.000Z';
export const later = '2026-03-01T12:00:01.000Z';
export const odometer = (value: number) => ({ kind: 'odometer', value, uom: 'KMT', readAt: now });
export const line = { vmrsCode: '901-001-001', repairReason: 'breakdown' };
const acts = ({ send }: Shell) => {
  const order = (name: string, type: string, data: object, at: string = now) =>
    send('workOrder', id(name), type, { ...data }, { key: `${name} ${type} ${JSON.stringify(data)}`, at });
  const job = (type: string, data: object, name = 'job') => send('roadside', id(name), type, { ...data }, { key: `${name} ${type} ${JSON.stringify(data)}` });
  const request = (type: string, data: object) => send('serviceRequest', requestId, type, { ...data }, { key: `request ${type} ${JSON.stringify(data)}` });
  return {
    order,
    job,
    request,
    odometer,
    at: (orderId: string, type: string, data: object) => send('workOrder', orderId, type, { ...data }, { key: `${orderId} ${type} ${JSON.stringify(data)}` }),
    open: (name: string, more: object = {}, at: string = now) =>
      order(
        name,
        'OpenWorkOrder',
        { requestId, equipmentId, kind: 'repair', description: 'Brakes', currency: 'USD', attachmentIds: [], source: 'request', ...more },
        at,
      ),
    ask: (name = 'job') =>
      job('RequestRoadside', { requestId, description: 'Flat tyre', currency: 'USD', attachmentIds: [photo], standbyVendors: ['North', 'South'] }, name),
  };
};
export type Acts = ReturnType<typeof acts>;

export class World {
  readonly log: MemoryEventLog;
  constructor(log: MemoryEventLog) {
    this.log = log;
  }
  async state<S>(category: string, target: string): Promise<S> {
    // The boundary of types: the caller names its category's state.
    return (await node(this.log).states.loadFresh(category, target)).state as S;
  }
  async holds(): Promise<readonly string[]> {
    const unit = await this.state<Equipment>('equipment', equipmentId);
    return unit.situation === 'present' ? Object.keys(unit.holds) : [];
  }
  async request(): Promise<string> {
    const request = await this.state<ServiceRequest>('serviceRequest', requestId);
    return request.situation === 'present' ? request.status : 'absent';
  }
  async readings(): Promise<readonly number[]> {
    const found = await this.state<Meter>('meter', meterId(equipmentId, 'odometer', 2026));
    return found.situation === 'open' ? Object.values(found.readings).map(({ value }) => value) : [];
  }
  order(target: string) {
    return this.state<WorkOrder>('workOrder', target);
  }
  count(type: string): number {
    return this.log.events.filter((event) => event.type === type).length;
  }
}

const all = [workOrders, roadsideJobs, serviceRequests];
type Phase = (act: Acts) => Promise<unknown>;
export type Story = { readonly name: string; readonly phases: readonly Phase[]; readonly ends: (world: World) => Promise<void> };
export const done =
  (name: string, value = 100) =>
  async (act: Acts) => {
    await act.order(name, 'StartWorkOrder', {});
    expect(await act.order(name, 'CompleteWorkOrder', { closingReadings: [odometer(value)] })).toMatchObject({ kind: 'accepted' });
  };
/** A job from its acceptance to its end on the road. */
export const helped =
  (name: string, fee: string, outcome = 'repaired') =>
  async (act: Acts) => {
    for (const type of ['AcceptDispatch', 'DepartEnRoute', 'Arrive']) expect(await act.job(type, {}, name)).toMatchObject({ kind: 'accepted' });
    await act.job('RecordRoadsideFee', { feeKind: 'callout', amount: usd(fee) }, name);
    expect(await act.job('ResolveRoadside', { outcome }, name)).toMatchObject({ kind: 'accepted' });
  };
const running = { node, processes: all, clock };
const told = async (story: Story, death: Death | undefined, batch: number) => {
  const log = await setUp();
  const people = acts(node(log));
  return { log, died: await lived(log, running, { phases: story.phases.map((phase) => () => phase(people)), death, batch }) };
};
const redelivered = async (log: MemoryEventLog): Promise<number> => (await addedAgain(log, running)).length;

/**
 * One process dies at a call to the log in the midst of what `before` led to; `meanwhile` happens and all others go on; then it is started
 * again. Says whether it died at all.
 */
export const interrupted = async (
  slow: ProcessDefinition,
  death: Death,
  { before, meanwhile }: { readonly before: readonly Phase[]; readonly meanwhile: Phase },
): Promise<{ readonly log: MemoryEventLog; readonly died: boolean }> => {
  const log = await setUp();
  const people = acts(node(log));
  const checkpoints = new Map<string, number>();
  const of = (processes: readonly ProcessDefinition[]) => ({ node, processes, events: () => log.events, checkpoints, batch: 2, clock });
  for (const phase of before.slice(0, -1)) {
    await phase(people);
    await new Machine(log, of(all)).drain();
  }
  await before.at(-1)?.(people);
  const mortal = new MortalLog(log, death);
  const died = (await Promise.race([new Machine(mortal, of([slow])).drain(), mortal.died])) === 'died';
  await meanwhile(people);
  await new Machine(log, of(all.filter((each) => each !== slow))).drain();
  const again = new Machine(log, of(all));
  await again.start();
  await again.drain();
  return { log, died };
};

/** The story as it is told, and again with a death around calls to the log; each time a redelivery of everything adds nothing. */
export const tell = (stories: readonly Story[]): void => {
  test.each(stories)('$name', async (story) => {
    const { log } = await told(story, undefined, 3);
    await story.ends(new World(log));
    expect(await redelivered(log)).toBe(0);
  });
  test.each(stories)('ES-8 the same end, killed around calls to the log: $name', async (story) => {
    // Every third call: each kind of call is met in each story.
    const kills = await killedAnywhere(async (death) => {
      const { log, died } = await told(story, death, 1 + (death.step % 5));
      await story.ends(new World(log));
      expect(await redelivered(log)).toBe(0);
      return died > 0;
    }, 3);
    expect(kills).toBeGreaterThan(3);
  });
};
