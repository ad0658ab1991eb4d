import { describe, expect, test } from '@jest/globals';
import { attachment } from '../../../src/domain/attachment/decider.ts';
import { attachmentEvents } from '../../../src/domain/attachment/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { incident, supportCase } from '../../../src/domain/support-case/decider.ts';
import { caseEvents, incidentEvents } from '../../../src/domain/support-case/events.ts';
import { steps } from '../../../src/domain/support-case/situation.ts';
import { id, now, scenarios } from '../../kit/decider.ts';

const event = emit(caseEvents);
const secret = emit(incidentEvents);
const { given, fold } = scenarios(supportCase);
const report = { subject: 'Map is blank', description: 'Since noon' };
const triage = { priority: 'high' as const };

describe('a system case', () => {
  const reported = event('SystemCaseReported', report);
  const triaged = event('SystemCaseTriaged', triage);
  const resolved = event('SystemCaseResolved', { resolution: 'Mended' });
  const reopened = event('SystemCaseReopened', { reason: 'again' });
  const histories = {
    reported: [reported],
    triaged: [reported, triaged],
    resolved: [reported, triaged, resolved],
    reopened: [reported, triaged, resolved, reopened],
    'reopened unseen': [reported, resolved, reopened],
  };

  test('every situation × every command', () => {
    const commands = { TriageSystemCase: { priority: 'low' as const }, ResolveSystemCase: { resolution: 'Other' }, ReopenSystemCase: { reason: 'again' } };
    const step = { TriageSystemCase: 'triage', ResolveSystemCase: 'resolve', ReopenSystemCase: 'reopen' } as const;
    for (const [situation, history] of Object.entries(histories)) {
      for (const [type, data] of Object.entries(commands)) {
        const name = type as keyof typeof commands;
        const { decision, state } = given(...history).when(name, data as never);
        const before = fold(history).situation;
        if (before === 'absent' || state.situation === 'absent') throw new Error('there is none');
        const isRepeat = name === 'ReopenSystemCase' && situation.startsWith('reopened');
        const isAllowed = steps[before].includes(step[name]);
        expect({ situation, type, isAccepted: Array.isArray(decision) }).toEqual({ situation, type, isAccepted: isAllowed || isRepeat });
        if (!isAllowed && !isRepeat) expect(decision).toMatchObject({ code: 'notAllowedNow', details: { allowed: steps[before] } });
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

describe('an extortion incident', () => {
  const words = scenarios(incident);
  const told = { description: 'A call', reporterPhone: '+50255551234' };
  const reported = secret('ExtortionIncidentReported', told);
  const triaged = secret('ExtortionIncidentTriaged', triage);
  const resolved = secret('ExtortionIncidentResolved', { resolution: 'Police told' });
  const reopened = secret('ExtortionIncidentReopened', { reason: 'again' });
  const histories = {
    reported: [reported],
    triaged: [reported, triaged],
    resolved: [reported, triaged, resolved],
    'resolved unseen': [reported, resolved],
    reopened: [reported, triaged, resolved, reopened],
    'reopened unseen': [reported, resolved, reopened],
  };

  test('every situation × every command: only the listed steps, and where each leads', () => {
    const commands = {
      TriageExtortionIncident: { priority: 'low' as const },
      ResolveExtortionIncident: { resolution: 'Other' },
      ReopenExtortionIncident: { reason: 'once more' },
    };
    const step = { TriageExtortionIncident: 'triage', ResolveExtortionIncident: 'resolve', ReopenExtortionIncident: 'reopen' } as const;
    for (const [name, history] of Object.entries(histories)) {
      const state = words.fold(history);
      if (state.situation === 'absent') throw new Error('there is none');
      for (const [type, data] of Object.entries(commands)) {
        const command = type as keyof typeof commands;
        const outcome = words.given(...history).when(command, data as never);
        // Taken up again already: saying so again says nothing.
        const isRepeat = command === 'ReopenExtortionIncident' && name.startsWith('reopened');
        const isAllowed = steps[state.situation].includes(step[command]);
        expect({ name, type, isAccepted: Array.isArray(outcome.decision) }).toEqual({ name, type, isAccepted: isAllowed || isRepeat });
        if (!isAllowed) {
          if (!isRepeat)
            expect(outcome.decision).toMatchObject({ code: 'notAllowedNow', details: { situation: state.situation, allowed: steps[state.situation] } });
          continue;
        }
        const goes = { triage: 'triaged', resolve: 'resolved', reopen: name === 'resolved unseen' ? 'reported' : 'triaged' }[step[command]];
        expect(outcome.state).toMatchObject({ situation: goes });
      }
      words
        .given(...history)
        .when('ReportExtortionIncident', told)
        .thenNothing();
      words
        .given(...history)
        .when('ReportExtortionIncident', { description: 'Another call' })
        .thenRejected('alreadyReported');
    }
  });

  test('TE-11 takes no file that others may know of', () => {
    const attachmentId = id('recording');
    const file = {
      name: 'other',
      documentCategory: 'other',
      declaredType: 'image/png',
      declaredSizeBytes: 1,
      uploadId: id('upload'),
      removeUnlinkedAt: now,
    } as const;
    const announced = (isConfidential: boolean) => emit(attachmentEvents)('AttachmentUploadBegun', { ...file, isConfidential });
    const facts = (isConfidential: boolean) => ({ facts: { [`attachment-${attachmentId}`]: scenarios(attachment).fold([announced(isConfidential)]) } });
    const report = { ...told, attachmentId };
    words.given().when('ReportExtortionIncident', report).thenRejected('notConfidential');
    words.given().when('ReportExtortionIncident', report, facts(false)).thenRejected('notConfidential');
    words.given().when('ReportExtortionIncident', report, facts(true)).then(secret('ExtortionIncidentReported', report));
  });

  test('TE-11 is restricted, a person’s words, and asked for by permissions of its own only', () => {
    expect(incident.confidentiality).toBe('restricted');
    words.given().when('ReportExtortionIncident', told).then(reported).andRepeatedNothing();
    for (const { permission } of Object.values(incident.commands)) expect(permission).toMatch(/^extortion-incident:/);
    expect(incident.tenantOf(words.fold(histories.triaged), 'any')).toBeNull();
  });
});
