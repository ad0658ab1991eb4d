import { attachmentFact } from '../attachment/state.ts';
import { type Aggregate, type Decide, emit, type Facts, reject } from '../kernel/aggregate.ts';
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
const isConfidential = (facts: Facts, attachmentId: string): boolean => {
  const file = attachmentFact.of(facts, attachmentId);
  return file?.situation === 'present' && file.isConfidential;
};
const incidentDecide: Decide<Case, typeof incidentCommands, typeof incidentEvents> = {
  ReportExtortionIncident: (state, command, { facts }) => {
    if (state.situation !== 'absent') return state.reported === canonicalJson(command) ? [] : reject('alreadyReported', 'This is reported.');
    const { attachmentId } = command;
    if (attachmentId !== undefined && !isConfidential(facts, attachmentId))
      return reject('notConfidential', 'The file was not announced as confidential: others may know of it already.', { attachmentId });
    return [incidentEvent('ExtortionIncidentReported', command)];
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
  guards: { ReportExtortionIncident: (_state, { attachmentId }) => (attachmentId === undefined ? [] : [attachmentFact.at(attachmentId)]) },
  evolve: { ExtortionIncidentReported: reported, ExtortionIncidentTriaged: triaged, ExtortionIncidentResolved: resolved, ExtortionIncidentReopened: reopened },
  tenantOf: () => null,
  exists: ({ situation }) => situation !== 'absent',
};
