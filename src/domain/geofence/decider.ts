import { customerFact } from '../customer/state.ts';
import { type Aggregate, type Evolve, emit, type Frozen, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { addMilliseconds } from '../kernel/calendar.ts';
import { findShapeProblem } from '../kernel/geo/validity.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { derivedId, namespaces } from '../kernel/ids.ts';
import { changing, reached } from '../kernel/presence.ts';
import { geofenceCommands } from './commands.ts';
import { geofenceEvents } from './events.ts';
import { type Alerts, alertsProblem, type GeometryVersion, type ShapeText, toShape } from './rules.ts';

/** Of each geometry its digest alone: a shape may have ten thousand vertices, and a decision asks only whether it is the same. */
type Version = GeometryVersion & { readonly digest: string };
type Present = {
  readonly situation: 'active' | 'archived';
  readonly customerId: string | null;
  readonly name: string;
  readonly versions: readonly Version[];
  readonly tags: readonly string[];
  readonly accountIds: readonly string[];
  readonly alerts: Alerts;
  readonly archivedAt: string | null;
};
export type Geofence = { readonly situation: 'absent' } | Present;
/** A geofence as other aggregates' guards see it. */
export const geofenceFact = fact<Geofence>('geofence');

export const versionsMax = 500;
const event = emit(geofenceEvents);
const initial: Geofence = { situation: 'absent' };

const present = reached<Frozen<Geofence>>('a geofence');
const active = (state: Frozen<Geofence>) =>
  present(state).situation === 'archived' ? reject('archived', 'The geofence is archived.', { allowed: [] }) : undefined;

const digestOf = (shape: ShapeText): string => derivedId(namespaces.root, ['geofence-shape', canonicalJson(toShape(shape))]);
const sameMembers = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));

const validShape = (shape: ShapeText) => {
  const problem = findShapeProblem(toShape(shape));
  if (problem === undefined) return undefined;
  const { code, message, ...where } = problem;
  return reject('invalidShape', message, { problem: code, ...where });
};
/** Tracking is told of a change when it happens, never before. */
const notInFuture = (effectiveFrom: string | undefined, now: string) =>
  effectiveFrom !== undefined && effectiveFrom > now
    ? reject('effectiveInFuture', 'A geometry holds from now or from an instant in the past.', { now })
    : undefined;
/** `now`, or just after an instant that another node's faster clock has set. */
const nowAfter = (now: string, last: string): string => (now > last ? now : addMilliseconds(last, 1));
const latest = (versions: Frozen<Present>['versions']): Version => {
  const last = versions.at(-1);
  if (last === undefined) throw new Error('a geofence without a geometry');
  return last;
};

const guards: Guards<Geofence, typeof geofenceCommands> = {
  DrawGeofence: (_state, { customerId }) => (customerId === undefined ? [] : [customerFact.at(customerId)]),
  LimitGeofenceToAccounts: (state) => (state.situation === 'absent' || state.customerId === null ? [] : [customerFact.at(state.customerId)]),
};

const decide: Aggregate<'geofence', Geofence, typeof geofenceCommands, typeof geofenceEvents>['decide'] = {
  DrawGeofence: (state, { name, shape, effectiveFrom, customerId: named }, { now, tenant, facts }) => {
    const customerId = tenant ?? named ?? null;
    if (state.situation !== 'absent') {
      const [first] = state.versions;
      const isSame =
        state.name === name &&
        state.customerId === customerId &&
        first?.digest === digestOf(shape) &&
        (effectiveFrom ?? first.effectiveFrom) === first.effectiveFrom;
      return isSame ? [] : reject('alreadyDrawn', 'This geofence is drawn.');
    }
    if (customerId !== null && customerFact.of(facts, customerId)?.situation === 'closed') return reject('customerClosed', 'The customer has left.');
    return (
      validShape(shape) ??
      notInFuture(effectiveFrom, now) ?? [
        event('GeofenceDrawn', { name, shape, effectiveFrom: effectiveFrom ?? now, ...(customerId === null ? {} : { customerId }) }),
      ]
    );
  },
  ReshapeGeofence: (state, { shape, effectiveFrom }, { now }) => {
    const { versions } = present(state);
    const last = latest(versions);
    const wrong = active(state) ?? validShape(shape) ?? notInFuture(effectiveFrom, now);
    if (wrong !== undefined) return wrong;
    if (last.digest === digestOf(shape) && (effectiveFrom ?? last.effectiveFrom) >= last.effectiveFrom) return [];
    if (effectiveFrom !== undefined && effectiveFrom <= last.effectiveFrom)
      return reject('notLater', 'The last geometry holds from a later instant.', { effectiveFrom: last.effectiveFrom });
    if (versions.length >= versionsMax) return reject('tooMany', `A geofence has at most ${versionsMax} geometries.`, { max: versionsMax });
    return [event('GeofenceReshaped', { versionNumber: last.versionNumber + 1, shape, effectiveFrom: effectiveFrom ?? nowAfter(now, last.effectiveFrom) })];
  },
  RenameGeofence: (state, command) => active(state) ?? (present(state).name === command.name ? [] : [event('GeofenceRenamed', command)]),
  TagGeofence: (state, command) => active(state) ?? (sameMembers(present(state).tags, command.tags) ? [] : [event('GeofenceTagged', command)]),
  LimitGeofenceToAccounts: (state, command, { facts }) => {
    const { customerId, accountIds } = present(state);
    const ended = active(state);
    if (ended !== undefined) return ended;
    if (sameMembers(accountIds, command.accountIds)) return [];
    if (customerId === null) return reject('companyFence', 'A geofence of the company has no accounts.');
    const customer = customerFact.of(facts, customerId);
    const accounts = customer === undefined || customer.situation === 'absent' ? {} : customer.accounts;
    const unknown = command.accountIds.filter((id) => !Object.hasOwn(accounts, id));
    if (unknown.length > 0) return reject('unknownAccount', 'There is no such account of this customer.', { accountIds: unknown });
    const closed = command.accountIds.filter((id) => accounts[id]?.isOpen === false && !accountIds.includes(id));
    return closed.length > 0 ? reject('accountClosed', 'The account is closed.', { accountIds: closed }) : [event('GeofenceLimitedToAccounts', command)];
  },
  ConfigureGeofenceAlerts: (state, command) => {
    const ended = active(state);
    if (ended !== undefined) return ended;
    const problem = alertsProblem(command);
    if (problem !== undefined) return reject('invalidAlerts', problem);
    return canonicalJson(present(state).alerts) === canonicalJson(command) ? [] : [event('GeofenceAlertsConfigured', command)];
  },
  ArchiveGeofence: (state, { reason }, { now }) => {
    const { situation, versions } = present(state);
    return situation === 'archived' ? [] : [event('GeofenceArchived', { reason, archivedAt: nowAfter(now, latest(versions).effectiveFrom) })];
  },
};

const changed = changing<Frozen<Geofence>>();
const evolve: Evolve<Geofence, typeof geofenceEvents> = {
  GeofenceDrawn: (_state, { name, customerId, shape, effectiveFrom }) => ({
    situation: 'active',
    customerId: customerId ?? null,
    name,
    versions: [{ versionNumber: 1, effectiveFrom, digest: digestOf(shape) }],
    tags: [],
    accountIds: [],
    alerts: { events: [] },
    archivedAt: null,
  }),
  GeofenceReshaped: changed(({ versions }, { versionNumber, shape, effectiveFrom }) => ({
    versions: [...versions, { versionNumber, effectiveFrom, digest: digestOf(shape) }],
  })),
  GeofenceRenamed: changed((_state, { name }) => ({ name })),
  GeofenceTagged: changed((_state, { tags }) => ({ tags })),
  GeofenceLimitedToAccounts: changed((_state, { accountIds }) => ({ accountIds })),
  GeofenceAlertsConfigured: changed((_state, alerts) => ({ alerts })),
  GeofenceArchived: changed((_state, { archivedAt }) => ({ situation: 'archived', archivedAt })),
};

/** A fenced place: its geometries over time, what it is tagged with, whose units it watches and what it tells of. */
export const geofence: Aggregate<'geofence', Geofence, typeof geofenceCommands, typeof geofenceEvents> = {
  category: 'geofence',
  docs: 'A fenced place: its geometries over time, what it is tagged with, whose units it watches and what it tells of.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: geofenceEvents,
  commands: geofenceCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  exists: ({ situation }) => situation !== 'absent',
};
