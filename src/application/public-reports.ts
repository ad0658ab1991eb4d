/**
 * What people without a token report: a driver who stands beside a broken unit, somebody for whom the portal does not work. Whoever reports
 * learns nothing of what there is: every report that is well-formed is taken and answered alike. What cannot become a request (a unit that is
 * unknown or that nobody holds, a customer that takes no service) becomes a support case, so that the company's people look at it.
 */
import { type Equipment, outOf } from '../domain/equipment/state.ts';
import { canonicalJson } from '../domain/kernel/hash.ts';
import { uuidv5 } from '../domain/kernel/ids.ts';
import { systemCaller } from './caller.ts';
import type { Claims } from './claims.ts';
import type { CommandHandler } from './handle-command.ts';
import type { States } from './states.ts';

const namespace = '8d0d1f5e-6a44-5c0b-9c1c-6f0f6f9f2a31';
const caller = systemCaller('public-reports');
const unavailableHere = new Set(['contention', 'revisionMismatch']);

export type Breakdown = {
  /** The unit's number, as it stands on it or in its code. */
  readonly unit: string;
  readonly symptom: string;
  readonly driverName?: string;
  /** E.164. */
  readonly driverPhone?: string;
  /** Where it stands, in words. */
  readonly directions?: string;
  readonly position?: { readonly latitude: string; readonly longitude: string };
  readonly isSafeLocation?: boolean;
  readonly isBlockingTraffic?: boolean;
  readonly isLoaded?: boolean;
};
export type SystemCase = {
  readonly subject: string;
  readonly description: string;
  readonly page?: string;
  readonly reporterName?: string;
  readonly reporterEmail?: string;
  readonly reporterPhone?: string;
};
type Asked = {
  /** The same key and the same report are the same report. */
  readonly key: string;
  readonly correlationId: string;
};
/** The reference is the same for a repetition and says nothing by itself. `busy`: nothing was stored, the same may be sent again. */
export type Reported = { readonly reference: string } | 'busy';

export type PublicReportParts = {
  readonly claims: Pick<Claims, 'holderOf'>;
  readonly states: States;
  readonly commands: Pick<CommandHandler, 'handle'>;
  readonly clock: () => string;
};

type Held = { readonly equipmentId: string; readonly accountId: string; readonly customerId: string };
type Sent = { readonly category: string; readonly type: string; readonly id: string; readonly correlationId: string };
const without = <T extends object>(record: T, ...names: readonly (keyof T)[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name as keyof T)));

const requestOf = (report: Breakdown, { equipmentId, accountId, customerId }: Held): Readonly<Record<string, unknown>> => {
  const { symptom, directions, position, isBlockingTraffic } = report;
  const location = { ...(directions === undefined ? {} : { directions }), ...(position === undefined ? {} : { position }) };
  return {
    ...{ equipmentId, accountId, customerId, serviceType: 'breakdown', urgencyType: 'roadside' },
    urgency: isBlockingTraffic === true ? 'emergency' : 'urgent',
    description: symptom,
    details: without(report, 'unit', 'directions', 'position'),
    ...(Object.keys(location).length === 0 ? {} : { location }),
  };
};
/** The same as a case, for people to read. Who reported it stays in the fields of persons. */
const caseOf = (report: Breakdown): SystemCase => {
  const { unit, symptom, directions, position, driverName, driverPhone } = report;
  const facts = without(report, 'unit', 'symptom', 'directions', 'position', 'driverName', 'driverPhone');
  const place = position === undefined ? [] : [`${position.latitude}, ${position.longitude}`];
  const lines = [symptom, ...(directions === undefined ? [] : [directions]), ...place, ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`)];
  return {
    subject: `Breakdown: ${unit}`,
    description: lines.join('\n'),
    page: '/public/breakdowns',
    ...(driverName === undefined ? {} : { reporterName: driverName }),
    ...(driverPhone === undefined ? {} : { reporterPhone: driverPhone }),
  };
};

export class PublicReports {
  readonly #parts: PublicReportParts;

  constructor(parts: PublicReportParts) {
    this.#parts = parts;
  }

  /** Throws `StoreUnavailable` while the outcome is unknown: the same report may then be sent again. */
  async breakdown(report: Breakdown, { key, correlationId }: Asked): Promise<Reported> {
    const reference = uuidv5(namespace, canonicalJson(['breakdown', key, report]));
    const held = await this.#heldUnit(report.unit);
    if (held !== undefined) {
      const sent = { category: 'serviceRequest', type: 'SubmitRequest', id: reference, correlationId };
      const outcome = await this.#send(sent, requestOf(report, held));
      if (outcome !== 'refused') return outcome === 'stored' ? { reference } : 'busy';
    }
    return this.#case(reference, caseOf(report), correlationId);
  }

  /** Throws `StoreUnavailable` while the outcome is unknown: the same report may then be sent again. */
  systemCase(report: SystemCase, { key, correlationId }: Asked): Promise<Reported> {
    return this.#case(uuidv5(namespace, canonicalJson(['system-case', key, report])), report, correlationId);
  }

  async #case(reference: string, report: SystemCase, correlationId: string): Promise<Reported> {
    const outcome = await this.#send({ category: 'case', type: 'ReportSystemCase', id: reference, correlationId }, report);
    // Its id holds what it says, and it names nothing else: there is nothing to refuse.
    if (outcome === 'refused') throw new Error('a report was refused as a case');
    return outcome === 'stored' ? { reference } : 'busy';
  }

  /** The unit of this number, and who has it in custody now. */
  async #heldUnit(unit: string): Promise<Held | undefined> {
    const holder = await this.#parts.claims.holderOf({ kind: 'unitNumber', scope: 'company', value: unit });
    if (holder?.category !== 'equipment') return undefined;
    // The boundary of types: the state of this category.
    const state = (await this.#parts.states.loadFresh('equipment', holder.id)).state as Equipment;
    const out = state.situation === 'absent' ? undefined : outOf(state)?.ids;
    return out === undefined ? undefined : { equipmentId: holder.id, accountId: out.accountId, customerId: out.customerId };
  }

  async #send({ category, type, id, correlationId }: Sent, data: Readonly<Record<string, unknown>>): Promise<'stored' | 'refused' | 'busy'> {
    const commandId = uuidv5(namespace, `${category}:${id}`);
    const at = this.#parts.clock();
    // What the id is made of is all there is to say: the same id is the same report.
    const outcome = await this.#parts.commands.handle({
      ...{ commandId, commandHash: commandId, category, id, type, caller, at, correlationId, causationId: correlationId },
      data,
    });
    if (outcome.kind === 'accepted' || outcome.kind === 'unchanged') return 'stored';
    return unavailableHere.has(outcome.kind) ? 'busy' : 'refused';
  }
}
