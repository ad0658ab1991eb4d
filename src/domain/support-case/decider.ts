import { type Aggregate, type Decide, emit, reject } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import { caseCommands, incidentCommands } from './commands.ts';
import { caseEvents, incidentEvents } from './events.ts';
import { type Case, initial, mayStep, present, reopened, reported, resolved, triaged } from './situation.ts';

const caseEvent = emit(caseEvents);
const caseDecide: Decide<Case, typeof caseCommands, typeof caseEvents> = {
  ReportSystemCase: (state, command) => {
    if (state.situation === 'absent') return [caseEvent('SystemCaseReported', command)];
    return state.reported === canonicalJson(command) ? [] : reject('alreadyReported', 'This is reported.');
  },
  TriageSystemCase: (before, command) => {
    const may = mayStep(present(before), 'triage', command);
    return may === 'repeat' ? [] : (may ?? [caseEvent('SystemCaseTriaged', command)]);
  },
  ResolveSystemCase: (before, command) => {
    const may = mayStep(present(before), 'resolve', command);
    return may === 'repeat' ? [] : (may ?? [caseEvent('SystemCaseResolved', command)]);
  },
  ReopenSystemCase: (before, command) => {
    const may = mayStep(present(before), 'reopen', command);
    return may === 'repeat' ? [] : (may ?? [caseEvent('SystemCaseReopened', command)]);
  },
};
/** Something wrong with the system, as people reported it. */
export const supportCase: Aggregate<'case', Case, typeof caseCommands, typeof caseEvents> = {
  category: 'case',
  docs: 'Something wrong with the system, as people reported it.',
  confidentiality: 'company',
  stateVersion: 1,
  events: caseEvents,
  commands: caseCommands,
  initial,
  decide: caseDecide,
  evolve: { SystemCaseReported: reported, SystemCaseTriaged: triaged, SystemCaseResolved: resolved, SystemCaseReopened: reopened },
  tenantOf: () => null,
  exists: ({ situation }) => situation !== 'absent',
};

const incidentEvent = emit(incidentEvents);
const incidentDecide: Decide<Case, typeof incidentCommands, typeof incidentEvents> = {
  ReportExtortionIncident: (state, command) => {
    if (state.situation === 'absent') return [incidentEvent('ExtortionIncidentReported', command)];
    return state.reported === canonicalJson(command) ? [] : reject('alreadyReported', 'This is reported.');
  },
  TriageExtortionIncident: (before, command) => {
    const may = mayStep(present(before), 'triage', command);
    return may === 'repeat' ? [] : (may ?? [incidentEvent('ExtortionIncidentTriaged', command)]);
  },
  ResolveExtortionIncident: (before, command) => {
    const may = mayStep(present(before), 'resolve', command);
    return may === 'repeat' ? [] : (may ?? [incidentEvent('ExtortionIncidentResolved', command)]);
  },
  ReopenExtortionIncident: (before, command) => {
    const may = mayStep(present(before), 'reopen', command);
    return may === 'repeat' ? [] : (may ?? [incidentEvent('ExtortionIncidentReopened', command)]);
  },
};
/** An extortion or a threat, as somebody reported it: for holders of its permission only (TE-11). */
export const incident: Aggregate<'incident', Case, typeof incidentCommands, typeof incidentEvents> = {
  category: 'incident',
  docs: 'An extortion or a threat, as somebody reported it: for holders of its permission only (TE-11).',
  confidentiality: 'restricted',
  stateVersion: 1,
  events: incidentEvents,
  commands: incidentCommands,
  initial,
  decide: incidentDecide,
  evolve: { ExtortionIncidentReported: reported, ExtortionIncidentTriaged: triaged, ExtortionIncidentResolved: resolved, ExtortionIncidentReopened: reopened },
  tenantOf: () => null,
  exists: ({ situation }) => situation !== 'absent',
};
