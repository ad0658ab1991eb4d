/** Allocations in the making. The agreement behind them is as guards find it. */
import { agreement } from '../../../src/domain/agreement/decider.ts';
import { allocationEvents } from '../../../src/domain/allocation/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios } from '../../kit/decider.ts';
import {
  accountId,
  activated,
  added,
  allocationId,
  customerId,
  drafted,
  granted,
  lined,
  lineItemId,
  scheduleActivated,
  scheduleId,
  signed,
  timeZone,
} from '../agreement/fixtures.ts';

export const event = emit(allocationEvents);
export const place = { agreementId: id('agreement'), scheduleId, lineItemId, customerId, accountId, equipmentType: 'dry-van' } as const;
export const leaseUntil = '2026-03-01T12:15:00.000Z';
export const swappedOut = { condition: 'good', damages: [], readings: [] } as const;

/** Which unit is to go out under an assignment's id. */
export const wants = (assignment: string, unit = `unit of ${assignment}`) =>
  ({ assignmentId: id(assignment), equipmentId: id(unit), from: '2026-03-01', leaseUntil }) as const;
export const opened = (allowed: number) => event('AllocationOpened', { ...place, allowed });
export const reserved = (assignment: string, unit?: string) => event('SlotReserved', { ...wants(assignment, unit), ...place, timeZone });
export const confirmed = (assignment: string) => event('SlotConfirmed', { assignmentId: id(assignment) });
export const swap = (assignment: string, replaced: string) => ({ ...wants(assignment), replaces: id(replaced), swappedOut });
export const swapBegun = (assignment: string, replaced: string) =>
  event('SlotSwapBegun', { ...swap(assignment, replaced), replacesEquipmentId: id(`unit of ${replaced}`), ...place, timeZone });
export const closed = event('AllocationClosed', { reason: 'The schedule ended.', stillOut: 0 });

const history = [drafted, signed, added, lined, granted, activated] as const;
const { fold } = scenarios(agreement);
export const running = { [`agreement-${place.agreementId}`]: fold([...history, scheduleActivated]) };
export const notRunning = { [`agreement-${place.agreementId}`]: fold(history) };
export { allocationId, id };
