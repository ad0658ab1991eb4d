import { describe, expect, test } from '@jest/globals';
import { support } from '../../projections/support/projection.ts';
import { groupTable, incidentTable, memberTable, systemCaseTable } from '../../projections/support/tables.ts';
import type { NotificationGroup } from '../../src/domain/notification-group/decider.ts';
import type { Case } from '../../src/domain/support-case/situation.ts';
import { id } from '../kit/decider.ts';
import { checkProjection, foldedRows } from '../kit/projections.ts';
import { fc } from '../kit/seed.ts';
import { type History, historyOf, type Move } from './decided.ts';

type Row = Readonly<Record<string, unknown>>;
const kinds = [
  {
    category: 'case',
    noun: 'SystemCase',
    table: 'systemCase',
    key: 'reported_system_case_id',
    names: ['C1', 'C2'],
    report: { subject: 'Map', description: 'Blank' },
  },
  { category: 'incident', noun: 'ExtortionIncident', table: 'incident', key: 'extortion_incident_id', names: ['E1', 'E2'], report: { description: 'A call' } },
] as const;
const groups = ['G1', 'G2'] as const;
const people = ['Ana', 'Beto', 'Caro'] as const;

const onCases: fc.Arbitrary<Move> = fc.tuple(fc.constantFrom(...kinds), fc.nat(1), fc.nat(5)).map(
  ([{ category, noun, names, report }, which, n]): Move =>
    () => {
      const target = id(names[which] ?? names[0]);
      const [type, data]: readonly [string, Row] = (
        [
          [`Report${noun}`, report],
          [`Report${noun}`, report],
          [`Triage${noun}`, { priority: 'high', handlerId: id('handler') }],
          [`Triage${noun}`, { priority: 'low' }],
          [`Resolve${noun}`, { resolution: 'done' }],
          [`Reopen${noun}`, { reason: 'again' }],
        ] as const
      )[n] ?? [`Report${noun}`, report];
      return { category, target, type, data };
    },
);
const onGroups: fc.Arbitrary<Move> = fc.tuple(fc.constantFrom(...groups), fc.constantFrom(...people), fc.nat(9)).map(
  ([name, who, n]): Move =>
    () => {
      const [type, data]: readonly [string, Row] =
        n < 3
          ? ['DefineNotificationGroup', { name, customerId: id('Sur') }]
          : n < 6
            ? ['AddNotificationGroupMember', { userId: id(who) }]
            : n < 8
              ? ['RemoveNotificationGroupMember', { userId: id(who) }]
              : n === 8
                ? ['RenameNotificationGroup', { name: `${name} ${who}` }]
                : ['RetireNotificationGroup', { reason: 'merged' }];
      return { category: 'notificationGroup', target: id(name), type, data };
    },
);
const histories = fc.array(fc.oneof(onCases, onGroups), { maxLength: 40, size: 'max' }).map((moves) => historyOf(moves));
const rowsOf = (history: History) => foldedRows(support, history.steps);

describe('the read model of cases, incidents and groups', () => {
  test('ES-3 the same rows for any split, twice, rebuilt and with strangers', async () => {
    await checkProjection({ definition: support, steps: histories.map(({ steps }) => steps), runs: 25 });
  });

  test('a case’s or incident’s row stands as its aggregate does', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        for (const { category, table, key, names } of kinds) {
          for (const name of names) {
            const state = history.state<Case>(category, id(name));
            const row = rows[table]?.find((each) => each[key] === id(name));
            seen.add(`${category} ${state.situation}`);
            if (state.situation === 'absent') expect(row).toBeUndefined();
            else expect(row).toMatchObject({ status: state.situation });
            if (state.situation !== 'absent')
              expect([row?.['resolution'] === null, row?.['resolved_at'] === null]).toEqual(Array(2).fill(state.situation !== 'resolved'));
          }
        }
      }),
      { numRuns: 150 },
    );
    for (const { category } of kinds) for (const situation of ['reported', 'triaged', 'resolved']) expect(seen).toContain(`${category} ${situation}`);
  });

  test('a group’s members are those of its aggregate, its customer’s', async () => {
    let members = 0;
    await fc.assert(
      fc.asyncProperty(histories, async (history) => {
        const rows = await rowsOf(history);
        for (const name of groups) {
          const state = history.state<NotificationGroup>('notificationGroup', id(name));
          if (state.situation === 'absent') continue;
          const row = rows['group']?.find(({ notification_group_id }) => notification_group_id === id(name));
          expect(row).toMatchObject({ name: state.name, status: state.situation, customer_id: id('Sur') });
          const own = rows['member']?.filter(({ notification_group_id }) => notification_group_id === id(name)) ?? [];
          expect(own.map(({ user_id }) => user_id).sort()).toEqual([...state.members].sort());
          members += own.length;
        }
      }),
      { numRuns: 100 },
    );
    expect(members).toBeGreaterThan(20);
  });

  test('TE-11 incidents are for holders of their permission only, cases for staff', () => {
    expect([incidentTable.scope, incidentTable.permission]).toEqual(['restricted', 'extortion-incident:view']);
    expect(incidentTable.columns.description.subject).toBe('extortion_incident_id');
    expect(systemCaseTable.scope).toBe('company');
    expect([groupTable.scope, memberTable.scope]).toEqual(['tenant', 'tenant']);
  });
});
