import { type Aggregate, type Decide, type Evolve, emit, type Frozen, fact, reject } from '../kernel/aggregate.ts';
import { derivedId } from '../kernel/ids.ts';
import { without } from '../kernel/records.ts';
import { annualInspectionCommands } from './commands.ts';
import { annualInspectionEvents } from './events.ts';

const namespace = 'a4b0a8f3-5b0e-5b7e-8d35-1f6d0e7c4b92';
/** The id of a unit's list: each has one. */
export const annualInspectionId = (equipmentId: string): string => derivedId(namespace, [equipmentId]);

export type Pass = { readonly inspectedOn: string; readonly attachmentId: string | null };
export type AnnualInspections =
  | { readonly situation: 'absent' }
  | { readonly situation: 'present'; readonly equipmentId: string; readonly passes: Readonly<Record<string, Pass>> };
/** The annual inspections of a unit as processes see them. */
export const annualInspectionFact = fact<AnnualInspections>('annualInspection');

const event = emit(annualInspectionEvents);
const initial: AnnualInspections = { situation: 'absent' };
/** A unit is inspected once a year, and does not live for a century. */
const passesMax = 200;
const passesOf = (state: Frozen<AnnualInspections>): Frozen<Readonly<Record<string, Pass>>> => (state.situation === 'absent' ? {} : state.passes);

/** PM-7: the one that counts: the latest of those in order, whatever the order they were told in. */
export const currentPass = (state: Frozen<AnnualInspections>): Frozen<Pass> | undefined =>
  Object.values(passesOf(state)).reduce<Frozen<Pass> | undefined>(
    (latest, pass) => (latest === undefined || pass.inspectedOn > latest.inspectedOn ? pass : latest),
    undefined,
  );

const decide: Decide<AnnualInspections, typeof annualInspectionCommands, typeof annualInspectionEvents> = {
  NoteAnnualPass: (state, command) => {
    const passes = passesOf(state);
    if (Object.hasOwn(passes, command.inspectionId)) return [];
    const isFull = Object.keys(passes).length >= passesMax;
    return isFull ? reject('tooMany', `At most ${passesMax} of these.`, { max: passesMax }) : [event('AnnualPassNoted', command)];
  },
  WithdrawAnnualPass: (state, { inspectionId }) => {
    const pass = Object.hasOwn(passesOf(state), inspectionId) ? passesOf(state)[inspectionId] : undefined;
    if (state.situation === 'absent' || pass === undefined) return [];
    return [event('AnnualPassWithdrawn', { equipmentId: state.equipmentId, inspectionId, inspectedOn: pass.inspectedOn })];
  },
};
const evolve: Evolve<AnnualInspections, typeof annualInspectionEvents> = {
  AnnualPassNoted: (state, { equipmentId, inspectionId, inspectedOn, attachmentId }) => ({
    situation: 'present',
    equipmentId,
    passes: { ...passesOf(state), [inspectionId]: { inspectedOn, attachmentId: attachmentId ?? null } },
  }),
  AnnualPassWithdrawn: (state, { inspectionId }) => (state.situation === 'absent' ? state : { ...state, passes: without(state.passes, inspectionId) }),
};

/** Which annual inspections of a unit are in order: a function of the set of them, so that one taken back brings the one before back. */
export const annualInspection: Aggregate<'annualInspection', AnnualInspections, typeof annualInspectionCommands, typeof annualInspectionEvents> = {
  category: 'annualInspection',
  docs: 'Which annual inspections of a unit are in order: the latest of them is its paper.',
  confidentiality: 'company',
  stateVersion: 1,
  events: annualInspectionEvents,
  commands: annualInspectionCommands,
  initial,
  decide,
  evolve,
  tenantOf: () => null,
  exists: ({ situation }) => situation !== 'absent',
};
