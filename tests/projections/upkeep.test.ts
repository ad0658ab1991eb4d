/** How maintenance, inspections, cases and groups are found and told of; incidents never are. */
import { describe, expect, test } from '@jest/globals';
import { sentenceOf } from '../../projections/activity-feed/sentence.ts';
import { quiet, sentences } from '../../projections/activity-feed/sentences.ts';
import { documents, kinds } from '../../projections/global-search/documents.ts';
import { globalSearch } from '../../projections/global-search/projection.ts';
import { addDays } from '../../src/domain/kernel/calendar.ts';
import { maintenanceId } from '../../src/domain/maintenance/state.ts';
import { model } from '../../src/domain/model.ts';
import { customerId, zone } from '../domain/service-request/kit.ts';
import { id } from '../kit/decider.ts';
import { foldWhole, logOf } from '../kit/projections.ts';
import { History } from './decided.ts';

type Row = Readonly<Record<string, unknown>>;
const day = '2026-03-01';
const outlook = { occurrence: 1, status: 'ok', lastDoneOn: day, dueOn: addDays(day, 30), dueAt: [], soonDays: 7, timeZone: zone };
const plan = { name: 'A service', tasks: ['Lights', 'Brakes'], basis: 'completed', dueSoonDays: 7, dueSoonPercent: 10, onDue: 'none' };
const holder = { customerId, accountId: id('account') };
const told = (): History => {
  const history = new History();
  history.happen('maintenance', maintenanceId(id('U1'), 'pm-a'), [
    { type: 'MaintenanceDefined', data: { equipmentId: id('U1'), ...holder, program: 'pm-a', ...plan, startsOn: day, usages: [], outlook } },
  ]);
  const inspected = { equipmentId: id('U1'), ...holder, kind: 'roadside', level: 'II', inspectorName: 'Rigoberta M.', result: 'failed', timeZone: zone };
  history.happen('inspection', id('I'), [
    { type: 'InspectionRecorded', data: { ...inspected, inspectedOn: day, reportNumber: 'R-77', certifyBy: addDays(day, 15), retainedUntil: '2027-03-01' } },
    {
      type: 'InspectionViolationAdded',
      data: { equipmentId: id('U1'), violationId: id('v'), violationCode: '393.47', severity: 'major', isOutOfService: true, openOutOfService: 1 },
    },
  ]);
  history.happen('case', id('C'), [{ type: 'SystemCaseReported', data: { subject: 'Map is blank', description: 'Since noon' } }]);
  history.happen('incident', id('E'), [{ type: 'ExtortionIncidentReported', data: { description: 'A threatening call' } }]);
  history.happen('notificationGroup', id('G'), [{ type: 'NotificationGroupDefined', data: { name: 'Night shift', customerId } }]);
  return history;
};
const found = async (history: History): Promise<readonly Row[]> => {
  const { events } = await logOf(history.steps);
  return (foldWhole(globalSearch, events)['documents'] ?? []).map((row): Row => JSON.parse(row));
};

describe('found by their words', () => {
  test('TE-9 a programme, an inspection by its report’s number or a code it found, a group: by their customer; a case: by staff', async () => {
    const rows = await found(told());
    const of = (type: string) => rows.find((row) => row['type'] === type);
    expect(of('maintenance')).toMatchObject({ title: 'A service', subtitle: 'pm-a', description: 'Lights, Brakes', customer_id: customerId });
    expect(of('inspection')).toMatchObject({ title: `Inspection of ${day}`, subtitle: 'roadside · failed', customer_id: customerId });
    expect(of('inspection')?.['search_text']).toMatch(/ r77 .* 39347 /);
    expect(of('notificationGroup')).toMatchObject({ title: 'Night shift', customer_id: customerId });
    expect(of('case')).toMatchObject({ title: 'Map is blank', subtitle: 'reported', customer_id: null });
  });

  test('no longer once they are over, or another’s once they left the account', async () => {
    const history = told();
    history.happen('maintenance', maintenanceId(id('U1'), 'pm-a'), [{ type: 'MaintenanceLeftAccount', data: { accountId: holder.accountId } }]);
    expect((await found(history)).find((row) => row['type'] === 'maintenance')).toMatchObject({ customer_id: null, account_id: null });
    history.happen('maintenance', maintenanceId(id('U1'), 'pm-a'), [{ type: 'MaintenanceEnded', data: { reason: 'sold', endedOn: day, records: [] } }]);
    history.happen('inspection', id('I'), [{ type: 'InspectionRemoved', data: { reason: 'space', violationIds: [id('v')] } }]);
    history.happen('notificationGroup', id('G'), [{ type: 'NotificationGroupRetired', data: { reason: 'merged' } }]);
    expect((await found(history)).map((row) => row['type'])).toEqual(['case']);
  });

  test('TE-11 nothing of an incident is found or told, and no inspector is named', async () => {
    const rows = JSON.stringify(await found(told()));
    expect(rows).not.toContain('threatening');
    expect(rows).not.toContain('Rigoberta');
    expect(Object.keys(documents).filter((key) => key.startsWith('incident/'))).toEqual([]);
    expect(Object.keys(sentences).filter((key) => key.startsWith('incident/'))).toEqual([]);
    expect(Object.keys(kinds)).not.toContain('incident');
  });
});

describe('told in the activity feed', () => {
  const say = (category: string, type: string, data: Row): string => sentenceOf(sentences)({ category, type, data });
  test('every event of theirs has a sentence of its own, but what is told twice', () => {
    for (const { category, events } of model) {
      if (!['maintenance', 'inspection', 'case', 'notificationGroup'].includes(category)) continue;
      for (const type of Object.keys(events)) expect(Object.keys(sentences)).toContain(`${category}/${type}`);
    }
    expect(quiet.has('annualInspection')).toBe(true);
  });

  test('says by what it is due, until when, and for how much', () => {
    expect(say('maintenance', 'MaintenanceDue', { ...plan, by: 'date' })).toBe('A service is due');
    expect(say('maintenance', 'MaintenanceDue', { ...plan, by: 'primary' })).toBe('A service is due by its meter');
    expect(say('maintenance', 'MaintenanceOverdue', { by: 'date', dueOn: day })).toBe('Maintenance is overdue since 2026-03-01');
    expect(say('maintenance', 'MaintenancePerformed', { performedOn: day, cost: { amount: '7.00', currency: 'USD' } })).toBe(
      'Maintenance done on 2026-03-01 for 7.00 USD',
    );
    expect(say('inspection', 'InspectionViolationAdded', { violationCode: '393.47', isOutOfService: true })).toBe('Violation of 393.47 found: out of service');
    expect(say('inspection', 'InspectionCertified', { certifiedOn: day, isLate: true })).toBe('All repairs certified on 2026-03-01, late');
  });
});
