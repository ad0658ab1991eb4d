import { equipmentFact, holderAt } from '../equipment/state.ts';
import { type Aggregate, type Context, type Decide, type Evolve, emit, type Frozen, fact, type Guards, reject } from '../kernel/aggregate.ts';
import { addDays, addMonths } from '../kernel/calendar.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { changing, reached } from '../kernel/presence.ts';
import { withChange } from '../kernel/records.ts';
import { localDate, startOfLocalDay } from '../kernel/time-zone.ts';
import { inspectionCommands } from './commands.ts';
import { inspectionEvents } from './events.ts';

type Kind = 'annual' | 'roadside' | 'driver';
type Violation = { readonly isOutOfService: boolean; readonly content: string; readonly correction: string | null };
type Present = {
  readonly equipmentId: string;
  readonly customerId: string | null;
  readonly accountId: string | null;
  readonly kind: Kind;
  readonly result: 'passed' | 'failed';
  readonly content: string;
  readonly inspectedOn: string;
  readonly attachmentId: string | null;
  readonly certifyBy: string;
  readonly retainedUntil: string;
  readonly timeZone: string;
  readonly violations: Readonly<Record<string, Violation>>;
  readonly certification: string | null;
  readonly hasPassed: boolean;
  readonly told: { readonly near: boolean; readonly overdue: boolean };
};
export type Situation = 'open' | 'certified' | 'closed' | 'withdrawn' | 'removed';
export type Inspection = { readonly situation: 'absent' } | ({ readonly situation: Situation } & Present);
export type PresentInspection = Frozen<{ readonly situation: Situation } & Present>;
/** An inspection as processes and guards see it. */
export const inspectionFact = fact<Inspection>('inspection');

const event = emit(inspectionEvents);
const initial: Inspection = { situation: 'absent' };
const oldest = '1970-01-01';
/** 49 CFR 396.9(d)(3): the carrier certifies within fifteen days of the inspection. */
const certifyDays = 15;
const remindDays = 10;
const violationsMax = 200;
/** PM-9: months that a report is kept, by its kind (49 CFR 396.21(b), 396.9(d), 396.11(a)). */
export const retentionMonths: Readonly<Record<Kind, number>> = { annual: 14, roadside: 12, driver: 3 };

const present = reached<Frozen<Inspection>>('an inspection');
/** The commands that people can give in each situation. */
export const allowed: Readonly<Record<Situation, readonly string[]>> = {
  open: ['AddInspectionViolation', 'CorrectViolation', 'WithdrawCorrection', 'CertifyInspection', 'WithdrawInspection', 'CloseInspection'],
  certified: ['WithdrawInspection', 'CloseInspection'],
  closed: ['WithdrawInspection', 'RemoveInspection'],
  withdrawn: ['RemoveInspection'],
  removed: [],
};
const notAllowedNow = ({ situation }: PresentInspection, command: string) =>
  allowed[situation].includes(command) ? undefined : reject('notAllowedNow', `The inspection is ${situation}.`, { situation, allowed: allowed[situation] });
const openOf = ({ violations }: PresentInspection): readonly string[] =>
  Object.entries(violations)
    .filter(([, { correction }]) => correction === null)
    .map(([id]) => id);
/** PM-8: what keeps the unit from running. */
export const outOfServiceOf = (state: PresentInspection): readonly string[] =>
  state.situation === 'withdrawn' ? [] : openOf(state).filter((id) => state.violations[id]?.isOutOfService === true);
const about = ({ equipmentId, customerId, accountId }: PresentInspection) => ({
  equipmentId,
  ...(customerId === null ? {} : { customerId }),
  ...(accountId === null ? {} : { accountId }),
});
const unknownViolation = () => reject('unknownViolation', 'The inspection has no such violation.');
/** A day between the inspection and today. */
const wrongDay = ({ inspectedOn, timeZone }: PresentInspection, on: string, now: string) => {
  if (on > localDate(now, timeZone)) return reject('inFuture', 'It is told after it was done.');
  return on < inspectedOn ? reject('beforeInspection', `The inspection was on ${inspectedOn}.`, { inspectedOn }) : undefined;
};
const violationsOpen = (open: readonly string[]) => reject('violationsOpen', 'Violations are open.', { violationIds: open });
/** PM-7: an annual inspection counts from the day its result stands: passed as made, or with all that failed it repaired. */
const passed = (state: PresentInspection) =>
  state.kind === 'annual' && !state.hasPassed
    ? [
        event('InspectionPassed', {
          ...about(state),
          inspectedOn: state.inspectedOn,
          ...(state.attachmentId === null ? {} : { attachmentId: state.attachmentId }),
        }),
      ]
    : [];
/** It no longer stands as passed. */
const notPassed = (state: PresentInspection) =>
  state.hasPassed ? [event('InspectionPassWithdrawn', { ...about(state), inspectedOn: state.inspectedOn })] : [];
/** Something was found, and nobody certified its repair. */
const isToCertify = ({ situation, violations }: PresentInspection): boolean => situation === 'open' && Object.keys(violations).length > 0;
/** PM-8, PM-10: the reminder from the tenth day on, where the day to certify is not over. */
const near = (state: PresentInspection, now: string) => {
  const { certifyBy, inspectedOn, timeZone, told } = state;
  const today = localDate(now, timeZone);
  const isNear = !told.near && !told.overdue && today >= addDays(inspectedOn, remindDays) && today <= certifyBy;
  return isNear ? [event('InspectionCertificationNear', { ...about(state), certifyBy })] : [];
};
/** PM-8: told once, whoever finds it first: the deadline, a violation written down late, or the late certification itself. */
const overdue = (state: PresentInspection, today: string) =>
  !state.told.overdue && today > state.certifyBy ? [event('InspectionCertificationOverdue', { ...about(state), certifyBy: state.certifyBy })] : [];

const record: Decide<Inspection, typeof inspectionCommands, typeof inspectionEvents>['RecordInspection'] = (state, command, context: Context) => {
  if (state.situation !== 'absent') return state.content === canonicalJson(command) ? [] : reject('alreadyRecorded', 'This inspection is written down.');
  const { equipmentId, inspectedOn, kind } = command;
  const unit = equipmentFact.of(context.facts, equipmentId);
  if (unit === undefined || unit.situation === 'absent') return reject('unknownUnit', 'There is no such unit.');
  const { timeZone } = unit;
  if (inspectedOn > localDate(context.now, timeZone)) return reject('inFuture', 'An inspection is written down after it was made.');
  if (inspectedOn <= oldest) return reject('tooLongAgo', `An inspection is later than ${oldest}.`);
  const holder = holderAt(unit, startOfLocalDay(addDays(inspectedOn, 1), timeZone)) ?? holderAt(unit, context.now);
  const owner = holder === undefined ? {} : { customerId: holder.customerId, accountId: holder.accountId, scheduleAgreementId: holder.scheduleId };
  const dates = { certifyBy: addDays(inspectedOn, certifyDays), retainedUntil: addMonths(inspectedOn, retentionMonths[kind]), timeZone };
  const recorded = event('InspectionRecorded', { ...command, ...owner, ...dates });
  const pass = command.result === 'passed' && kind === 'annual';
  const attachment = command.attachmentId === undefined ? {} : { attachmentId: command.attachmentId };
  const { scheduleAgreementId: _, ...ids } = { scheduleAgreementId: '', ...owner };
  return pass ? [recorded, event('InspectionPassed', { equipmentId, ...ids, inspectedOn, ...attachment })] : [recorded];
};

const decide: Decide<Inspection, typeof inspectionCommands, typeof inspectionEvents> = {
  RecordInspection: record,
  AddInspectionViolation: (before, command, { newId, now }) => {
    const state = present(before);
    const refused = notAllowedNow(state, 'AddInspectionViolation');
    if (refused !== undefined) return refused;
    const violationId = newId(0);
    if (Object.hasOwn(state.violations, violationId)) return [];
    if (state.result === 'passed') return reject('passed', 'A passed inspection has no violations.');
    if (Object.keys(state.violations).length >= violationsMax) return reject('tooMany', `At most ${violationsMax} violations.`, { max: violationsMax });
    const openOutOfService = outOfServiceOf(state).length + (command.isOutOfService ? 1 : 0);
    const added = event('InspectionViolationAdded', { ...about(state), violationId, ...command, openOutOfService });
    // Written down late, its days have come already: no deadline of the inspection comes again.
    return [added, ...notPassed(state), ...near(state, now), ...overdue(state, localDate(now, state.timeZone))];
  },
  CorrectViolation: (before, command, { now }) => {
    const state = present(before);
    const refused = notAllowedNow(state, 'CorrectViolation');
    if (refused !== undefined) return refused;
    const { violationId, ...correction } = command;
    const violation = Object.hasOwn(state.violations, violationId) ? state.violations[violationId] : undefined;
    if (violation === undefined) return unknownViolation();
    if (violation.correction !== null)
      return violation.correction === canonicalJson(correction) ? [] : reject('alreadyCorrected', 'It is corrected; withdraw that first.');
    const wrong = wrongDay(state, command.correctedOn, now);
    if (wrong !== undefined) return wrong;
    const { isOutOfService } = violation;
    const openOutOfService = outOfServiceOf(state).filter((id) => id !== violationId).length;
    const corrected = event('InspectionViolationCorrected', { ...about(state), ...command, isOutOfService, openOutOfService });
    return openOf(state).length === 1 ? [corrected, ...passed(state)] : [corrected];
  },
  WithdrawCorrection: (before, { violationId, reason }) => {
    const state = present(before);
    const refused = notAllowedNow(state, 'WithdrawCorrection');
    if (refused !== undefined) return refused;
    const violation = Object.hasOwn(state.violations, violationId) ? state.violations[violationId] : undefined;
    if (violation === undefined) return unknownViolation();
    if (violation.correction === null) return [];
    const { isOutOfService } = violation;
    const openOutOfService = outOfServiceOf(state).length + (isOutOfService ? 1 : 0);
    return [event('InspectionCorrectionWithdrawn', { ...about(state), violationId, reason, isOutOfService, openOutOfService }), ...notPassed(state)];
  },
  CertifyInspection: (before, command, { now }) => {
    const state = present(before);
    if (state.certification !== null && state.certification === canonicalJson(command)) return [];
    const refused = notAllowedNow(state, 'CertifyInspection');
    if (refused !== undefined) return refused;
    const open = openOf(state);
    if (open.length > 0) return violationsOpen(open);
    const isLate = command.certifiedOn > state.certifyBy;
    const late = isLate && isToCertify(state) ? overdue(state, command.certifiedOn) : [];
    return wrongDay(state, command.certifiedOn, now) ?? [...late, event('InspectionCertified', { ...command, isLate })];
  },
  WithdrawInspection: (before, { reason }) => {
    const state = present(before);
    if (state.situation === 'withdrawn') return [];
    const violationIds = Object.keys(state.violations);
    const withdrawn = event('InspectionWithdrawn', { ...about(state), reason, violationIds });
    return notAllowedNow(state, 'WithdrawInspection') ?? [withdrawn, ...notPassed(state)];
  },
  CloseInspection: (before, _command, { now }) => {
    const state = present(before);
    if (state.situation === 'closed' || state.situation === 'removed') return [];
    const refused = notAllowedNow(state, 'CloseInspection');
    if (refused !== undefined) return refused;
    const open = openOf(state);
    if (open.length > 0) return violationsOpen(open);
    const violationIds = Object.keys(state.violations);
    if (violationIds.length > 0 && state.situation !== 'certified') return reject('notCertified', 'The repairs are not certified.');
    return [event('InspectionClosed', { closedAt: now, violationIds })];
  },
  RemindOfCertification: (before, _command, { now }) => {
    const state = present(before);
    return isToCertify(state) ? near(state, now) : [];
  },
  RaiseCertificationOverdue: (before, _command, { now }) => {
    const state = present(before);
    return isToCertify(state) ? overdue(state, localDate(now, state.timeZone)) : [];
  },
  RemoveInspection: (before, command, { now }) => {
    const state = present(before);
    if (state.situation === 'removed') return [];
    const { retainedUntil, timeZone } = state;
    const isKept = localDate(now, timeZone) <= retainedUntil;
    return (
      notAllowedNow(state, 'RemoveInspection') ??
      (isKept ? reject('retained', `It is kept until ${retainedUntil}.`, { retainedUntil }) : undefined) ?? [
        event('InspectionRemoved', { ...command, violationIds: Object.keys(state.violations) }),
      ]
    );
  },
};

const changed = changing<Frozen<Inspection>>();
const withCorrection = ({ violations }: PresentInspection, id: string, correction: string | null): Partial<Present> => ({
  violations: withChange(violations, id, { correction }),
});
const evolve: Evolve<Inspection, typeof inspectionEvents> = {
  InspectionRecorded: (_state, data) => {
    const { customerId, accountId, scheduleAgreementId: _, certifyBy, retainedUntil, timeZone, ...command } = data;
    const { equipmentId, kind, result, inspectedOn, attachmentId } = command;
    const own = { customerId: customerId ?? null, accountId: accountId ?? null, attachmentId: attachmentId ?? null };
    const dates = { inspectedOn, certifyBy, retainedUntil, timeZone };
    const begun = { violations: {}, certification: null, hasPassed: false, told: { near: false, overdue: false } };
    return { situation: 'open', equipmentId, kind, result, content: canonicalJson(command), ...own, ...dates, ...begun };
  },
  InspectionViolationAdded: changed(({ violations }, { violationId, isOutOfService, violationCode }) => ({
    violations: { ...violations, [violationId]: { isOutOfService, content: violationCode, correction: null } },
  })),
  InspectionViolationCorrected: changed((state, data) => {
    const { violationId, equipmentId: _e, customerId: _c, accountId: _a, isOutOfService: _i, openOutOfService: _o, ...correction } = data;
    return withCorrection(state, violationId, canonicalJson(correction));
  }),
  InspectionCorrectionWithdrawn: changed((state, { violationId }) => withCorrection(state, violationId, null)),
  InspectionPassed: changed(() => ({ hasPassed: true })),
  InspectionPassWithdrawn: changed(() => ({ hasPassed: false })),
  InspectionCertified: changed((_state, { isLate: _, ...command }) => ({ situation: 'certified', certification: canonicalJson(command) })),
  InspectionCertificationNear: changed(({ told }) => ({ told: { ...told, near: true } })),
  InspectionCertificationOverdue: changed(({ told }) => ({ told: { ...told, overdue: true } })),
  InspectionClosed: changed(() => ({ situation: 'closed' })),
  InspectionWithdrawn: changed(() => ({ situation: 'withdrawn' })),
  InspectionRemoved: changed(() => ({ situation: 'removed' })),
};

const guards: Guards<Inspection, typeof inspectionCommands> = { RecordInspection: (_state, { equipmentId }) => [equipmentFact.at(equipmentId)] };
const cancelled = [
  { change: 'cancel', name: 'certify-soon' },
  { change: 'cancel', name: 'certify' },
] as const;

/** One inspection of a unit by the rules of 49 CFR 396: what it found, how that was repaired, and who certified it. */
export const inspection: Aggregate<'inspection', Inspection, typeof inspectionCommands, typeof inspectionEvents> = {
  category: 'inspection',
  docs: 'One inspection of a unit by the rules of 49 CFR 396: what it found, how that was repaired, and who certified it.',
  confidentiality: 'tenant',
  stateVersion: 2,
  events: inspectionEvents,
  commands: inspectionCommands,
  initial,
  decide,
  evolve,
  guards,
  tenantOf: (state) => (state.situation === 'absent' ? null : state.customerId),
  accountOf: (state) => (state.situation === 'absent' ? null : state.accountId),
  exists: ({ situation }) => situation !== 'absent',
  deadlines: {
    InspectionRecorded: ({ inspectedOn, certifyBy, timeZone }) => [
      { change: 'set', name: 'certify-soon', dueAt: startOfLocalDay(addDays(inspectedOn, remindDays), timeZone), command: 'RemindOfCertification', data: {} },
      { change: 'set', name: 'certify', dueAt: startOfLocalDay(addDays(certifyBy, 1), timeZone), command: 'RaiseCertificationOverdue', data: {} },
    ],
    InspectionCertified: () => cancelled,
    InspectionClosed: () => cancelled,
    InspectionWithdrawn: () => cancelled,
  },
};
