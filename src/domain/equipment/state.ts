import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { addDays } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing } from '../kernel/presence.ts';
import { withChange, without } from '../kernel/records.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import type { equipmentEvents } from './events.ts';

export type HoldKind = 'dot_oos' | 'damage' | 'maintenance' | 'compliance' | 'recall' | 'stolen';
export type AssignmentStatus = 'reserved' | 'on_rent' | 'off_rent' | 'returned' | 'cancelled';
/** Whose slot of which line an assignment fills. */
export type AssignmentIds = {
  readonly assignmentId: string;
  readonly allocationId: string;
  readonly agreementId: string;
  readonly scheduleId: string;
  readonly lineItemId: string;
  readonly customerId: string;
  readonly accountId: string;
};
export type Assignment = {
  readonly ids: AssignmentIds;
  readonly status: AssignmentStatus;
  /** What was asked for, to know a repeat. */
  readonly content: string;
  /** The planned first day; once on rent, the first day. */
  readonly from: string;
  /** The day the plan says it is free again, at least one day after the start it was made with; `null` is open. */
  readonly until: string | null;
  readonly offRentOn: string | null;
  readonly returnedOn: string | null;
  readonly timeZone: string;
  /** The instants between which the holder has the unit; from the day's start, to the day's end, where it was told on a later day. */
  readonly custody: { readonly from: string; readonly to: string | null } | null;
};
/** A paper with an expiry: the permit, or a document of some category. */
export type Paper = {
  readonly category: string;
  readonly content: string;
  readonly issuedOn: string | null;
  readonly expiresOn: string | null;
  readonly isExpired: boolean;
  readonly reminded: readonly number[];
};
type Present = {
  readonly lifecycle: 'active' | 'retired';
  readonly profile: string;
  readonly unitNumber: string;
  readonly vin: string | null;
  readonly serialNumber: string | null;
  readonly equipmentType: string;
  readonly timeZone: string;
  readonly metadata: string;
  readonly holds: Readonly<Record<string, { readonly kind: HoldKind }>>;
  readonly assignments: Readonly<Record<string, Assignment>>;
  /** The assignment that has the unit in its custody. */
  readonly outId: string | null;
  readonly abandoned: Readonly<Record<string, true>>;
  readonly permit: (Paper & { readonly permitId: string }) | null;
  readonly documents: Readonly<Record<string, Paper>>;
  readonly device: { readonly pairingId: string; readonly deviceId: string } | null;
  readonly addons: Readonly<Record<string, string>>;
  /** The schedules it is known to have, one a programme, ended ones too. */
  readonly maintenances: readonly string[];
  readonly load: { readonly loadStatus: string; readonly observedAt: string } | null;
};
/** Only what decisions need. Three independent dimensions: lifecycle, the calendar of assignments, the set of open holds. */
export type Equipment = { readonly situation: 'absent' } | ({ readonly situation: 'present' } & Present);
export type PresentEquipment = Frozen<Extract<Equipment, { readonly situation: 'present' }>>;

/** A unit as other aggregates' guards see it. */
export const equipmentFact = fact<Equipment>('equipment');
export const initial: Equipment = { situation: 'absent' };

/** The comparable form of some content. */
export const contentOf = (content: object): string => canonicalJson(content);
/** The assignment that has the unit in custody now: on rent, or called off and not yet back. */
export const outOf = (state: PresentEquipment): Assignment | undefined => (state.outId === null ? undefined : state.assignments[state.outId]);
/**
 * TE-9: who had the unit at an instant; nobody, where it was the company's own. Where a day was told late and two would have it, the
 * first holder has that day.
 */
export const holderAt = (state: Frozen<Equipment>, instant: string): AssignmentIds | undefined => {
  if (state.situation === 'absent') return undefined;
  const holds = ({ custody }: Assignment): boolean => custody !== null && custody.from <= instant && (custody.to === null || instant <= custody.to);
  const [first] = Object.values(state.assignments)
    .filter(holds)
    .sort((a, b) => ((a.custody?.from ?? '') < (b.custody?.from ?? '') ? -1 : 1));
  return first?.ids;
};
/** In service ⇔ no hold (EQ-11). */
export const isInService = (state: PresentEquipment): boolean => Object.keys(state.holds).length === 0;

const present = changing<Frozen<Equipment>>();

const paper = (data: { readonly category: string; readonly issuedOn?: string; readonly expiresOn?: string }, content: object): Paper => ({
  category: data.category,
  content: contentOf(content),
  issuedOn: data.issuedOn ?? null,
  expiresOn: data.expiresOn ?? null,
  isExpired: false,
  reminded: [],
});
const withDocument = ({ documents }: PresentEquipment, id: string, change: Partial<Paper>): Partial<Present> => ({
  documents: withChange(documents, id, change),
});
const withPermit = ({ permit }: PresentEquipment, permitId: string, change: Partial<Paper>): Partial<Present> =>
  permit?.permitId === permitId ? { permit: { ...permit, ...change } } : {};
const withAssignment = ({ assignments }: PresentEquipment, id: string, change: Partial<Assignment>): Present['assignments'] =>
  withChange(assignments, id, change);
type Identified = {
  readonly unitNumber: string;
  readonly vin?: string;
  readonly serialNumber?: string;
  readonly equipmentType: string;
  readonly timeZone: string;
};
const identified = (data: Identified & object) => ({
  profile: contentOf(data),
  unitNumber: data.unitNumber,
  vin: data.vin ?? null,
  serialNumber: data.serialNumber ?? null,
  equipmentType: data.equipmentType,
  timeZone: data.timeZone,
});
type Told = { readonly timeZone: string; readonly occurredAt: string };
const custodyFrom = (day: string, { timeZone, occurredAt }: Told): string =>
  day < localDate(occurredAt, timeZone) ? startOfLocalDay(day, timeZone) : occurredAt;
const custodyTo = (day: string, { timeZone, occurredAt }: Told): string =>
  day < localDate(occurredAt, timeZone) ? startOfLocalDay(addDays(day, 1), timeZone) : occurredAt;
/** What comes back late shortens what was planned after it: the calendar says what happened, and two never overlap (EQ-2). */
const notBefore = (assignments: Present['assignments'], day: string): Present['assignments'] =>
  Object.fromEntries(Object.entries(assignments).map(([id, each]) => [id, each.status === 'reserved' && each.from < day ? { ...each, from: day } : each]));

export const evolve: Evolve<Equipment, typeof equipmentEvents> = {
  EquipmentRegistered: (_state, data) => ({
    situation: 'present',
    lifecycle: 'active',
    ...identified(data),
    metadata: contentOf({}),
    holds: {},
    assignments: {},
    outId: null,
    abandoned: {},
    permit: null,
    documents: {},
    device: null,
    addons: {},
    maintenances: [],
    load: null,
  }),
  EquipmentCorrected: present((_state, { reason: _, ...data }) => identified(data)),
  EquipmentMetadataChanged: present((_state, { metadata }) => ({ metadata: contentOf(metadata) })),
  EquipmentRetired: present(() => ({ lifecycle: 'retired' })),
  EquipmentHoldPlaced: present(({ holds }, { holdId, kind }) => ({ holds: { ...holds, [holdId]: { kind } } })),
  EquipmentHoldReleased: present(({ holds }, { holdId }) => ({ holds: without(holds, holdId) })),
  EquipmentPermitSet: present((_state, { permitId, timeZone: _, ...data }) => ({ permit: { permitId, ...paper({ category: 'permit', ...data }, data) } })),
  EquipmentPermitRemoved: present(() => ({ permit: null })),
  EquipmentPermitExpiryNear: present((state, { permitId, daysLeft }) =>
    withPermit(state, permitId, { reminded: [...(state.permit?.reminded ?? []), daysLeft] }),
  ),
  EquipmentPermitExpired: present((state, { permitId }) => withPermit(state, permitId, { isExpired: true })),
  EquipmentDocumentAdded: present(({ documents }, { documentId, timeZone: _, ...data }) => ({ documents: { ...documents, [documentId]: paper(data, data) } })),
  EquipmentDocumentRenewed: present((state, { documentId, issuedOn, expiresOn }) =>
    withDocument(state, documentId, { issuedOn: issuedOn ?? null, expiresOn, isExpired: false, reminded: [] }),
  ),
  EquipmentDocumentRemoved: present(({ documents }, { documentId }) => ({ documents: without(documents, documentId) })),
  EquipmentDocumentExpiryNear: present((state, { documentId, daysLeft }) =>
    withDocument(state, documentId, { reminded: [...(state.documents[documentId]?.reminded ?? []), daysLeft] }),
  ),
  EquipmentDocumentExpired: present((state, { documentId }) => withDocument(state, documentId, { isExpired: true })),
  DeviceInstalled: present((_state, { pairingId, deviceId }) => ({ device: { pairingId, deviceId } })),
  DeviceRemoved: present(() => ({ device: null })),
  AddonInstalled: present(({ addons }, { addonId, installationId }) => ({ addons: { ...addons, [addonId]: installationId } })),
  AddonRemoved: present(({ addons }, { addonId }) => ({ addons: without(addons, addonId) })),
  EquipmentMaintenanceNoted: present(({ maintenances }, { maintenanceId }) => ({ maintenances: [...maintenances, maintenanceId] })),
  LoadStatusChanged: present((_state, { loadStatus, observedAt }) => ({ load: { loadStatus, observedAt } })),
  EquipmentAssigned: present(({ assignments, outId }, { status, equipmentType: _, from, until, timeZone, ...ids }, { occurredAt }) => ({
    assignments: {
      ...assignments,
      [ids.assignmentId]: {
        ids,
        status,
        content: contentOf({ ...ids, from, timeZone, ...(until === undefined ? {} : { until }) }),
        from,
        until: until === undefined ? null : until > from ? until : addDays(from, 1),
        offRentOn: null,
        returnedOn: null,
        timeZone,
        custody: status === 'on_rent' ? { from: custodyFrom(from, { timeZone, occurredAt }), to: null } : null,
      },
    },
    outId: status === 'on_rent' ? ids.assignmentId : outId,
  })),
  AssignmentActivated: present((state, { assignmentId, activatedOn }, { occurredAt }) => ({
    assignments: withAssignment(state, assignmentId, { status: 'on_rent', from: activatedOn, custody: { from: occurredAt, to: null } }),
    outId: assignmentId,
  })),
  AssignmentActivationRefused: (state) => state,
  AssignmentCancelled: present((state, { assignmentId }) => ({ assignments: withAssignment(state, assignmentId, { status: 'cancelled' }) })),
  EquipmentCalledOff: present((state, { assignmentId, offRentOn }) => ({
    assignments: notBefore(withAssignment(state, assignmentId, { status: 'off_rent', offRentOn }), offRentOn),
  })),
  CallOffWithdrawn: present((state, { assignmentId }) => ({ assignments: withAssignment(state, assignmentId, { status: 'on_rent', offRentOn: null }) })),
  EquipmentReturned: present((state, { assignmentId, returnedOn, offRentOn }, { occurredAt }) => {
    const before = state.assignments[assignmentId];
    const custody = before?.custody ? { ...before.custody, to: custodyTo(returnedOn, { timeZone: before.timeZone, occurredAt }) } : null;
    return { assignments: notBefore(withAssignment(state, assignmentId, { status: 'returned', returnedOn, offRentOn, custody }), returnedOn), outId: null };
  }),
  AssignmentAbandoned: present(({ abandoned }, { assignmentId }) => ({ abandoned: { ...abandoned, [assignmentId]: true as const } })),
};
