import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { incident, supportCase } from '../../../src/domain/support-case/decider.ts';
import { caseEvents, incidentEvents } from '../../../src/domain/support-case/events.ts';
import { steps } from '../../../src/domain/support-case/situation.ts';
import { scenarios } from '../../kit/decider.ts';

const event = emit(caseEvents);
const secret = emit(incidentEvents);
const { given } = scenarios(supportCase);
const report = { subject: 'Map is blank', description: 'Since noon' };
const triage = { priority: 'high' as const };

describe('a system case', () => {
  const reported = event('SystemCaseReported', report);
  const triaged = event('SystemCaseTriaged', triage);
  const resolved = event('SystemCaseResolved', { resolution: 'Mended' });
  const histories = { reported: [reported], triaged: [reported, triaged], resolved: [reported, triaged, resolved] };

  test('every situation × every command', () => {
    const commands = { TriageSystemCase: { priority: 'low' as const }, ResolveSystemCase: { resolution: 'Other' }, ReopenSystemCase: { reason: 'again' } };
    const step = { TriageSystemCase: 'triage', ResolveSystemCase: 'resolve', ReopenSystemCase: 'reopen' } as const;
    for (const [situation, history] of Object.entries(histories)) {
      for (const [type, data] of Object.entries(commands)) {
        const name = type as keyof typeof commands;
        const { decision } = given(...history).when(name, data as never);
        const isAllowed = steps[situation as keyof typeof steps].includes(step[name]);
        expect({ situation, type, isAllowed: Array.isArray(decision) }).toEqual({ situation, type, isAllowed });
      }
    }
  });

  test('repeats say nothing', () => {
    given().when('ReportSystemCase', report).then(reported).andRepeatedNothing();
    given(reported)
      .when('ReportSystemCase', { ...report, subject: 'Other' })
      .thenRejected('alreadyReported');
    given(reported).when('TriageSystemCase', triage).then(triaged).andRepeatedNothing();
    given(...histories.resolved)
      .when('ReopenSystemCase', { reason: 'again' })
      .then(event('SystemCaseReopened', { reason: 'again' }))
      .andRepeatedNothing();
  });
});

test('TE-11 an extortion incident is restricted, and its words are a person’s', () => {
  const words = scenarios(incident);
  expect(incident.confidentiality).toBe('restricted');
  const reported = { description: 'A call', reporterPhone: '+50255551234' };
  words.given().when('ReportExtortionIncident', reported).then(secret('ExtortionIncidentReported', reported)).andRepeatedNothing();
  words
    .given(secret('ExtortionIncidentReported', reported))
    .when('ResolveExtortionIncident', { resolution: 'Police told' })
    .thenTypes('ExtortionIncidentResolved');
  for (const { permission } of Object.values(incident.commands)) expect(permission).toMatch(/^extortion-incident:/);
});
