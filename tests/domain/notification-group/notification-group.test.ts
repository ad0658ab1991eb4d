import { describe, expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { notificationGroup } from '../../../src/domain/notification-group/decider.ts';
import { notificationGroupEvents } from '../../../src/domain/notification-group/events.ts';
import { id, scenarios } from '../../kit/decider.ts';

const { given, claimsAfter } = scenarios(notificationGroup);
const event = emit(notificationGroupEvents);
const defined = event('NotificationGroupDefined', { name: 'Night shift' });
const member = event('NotificationGroupMemberAdded', { userId: id('Ana') });
const retired = event('NotificationGroupRetired', { reason: 'merged' });

test('has members, each once', () => {
  given().when('DefineNotificationGroup', { name: 'Night shift' }).then(defined).andRepeatedNothing();
  given(defined)
    .when('AddNotificationGroupMember', { userId: id('Ana') })
    .then(member)
    .andRepeatedNothing();
  given(defined, member)
    .when('RemoveNotificationGroupMember', { userId: id('Ana') })
    .thenTypes('NotificationGroupMemberRemoved');
  given(defined)
    .when('RemoveNotificationGroupMember', { userId: id('Ana') })
    .thenNothing();
});

test('TE-1 a tenant’s group is the tenant’s, whatever the body says; its name is one among the tenant’s', () => {
  const { state } = given().when('DefineNotificationGroup', { name: 'Yard' }, { tenant: id('Sur') });
  expect(notificationGroup.tenantOf(state, id('self'))).toBe(id('Sur'));
  expect(claimsAfter(defined)).toEqual([{ kind: 'groupName', scope: 'company', value: 'Night shift' }]);
  expect(claimsAfter(defined, retired)).toEqual([]);
});

describe('TE-2 who may belong to it', () => {
  const surs = event('NotificationGroupDefined', { name: 'Night shift', customerId: id('Sur') });
  const user = (customerId: string | null) => ({ facts: { [`user-${id('Ana')}`]: { situation: 'active', customerId } } });
  const add = { userId: id('Ana') };
  test('a customer’s group: its own users, and the company’s', () => {
    given(surs)
      .when('AddNotificationGroupMember', add, user(id('Sur')))
      .thenTypes('NotificationGroupMemberAdded');
    given(surs).when('AddNotificationGroupMember', add, user(null)).thenTypes('NotificationGroupMemberAdded');
    given(surs)
      .when('AddNotificationGroupMember', add, user(id('Norte')))
      .thenRejected('otherCustomersUser');
  });
  test('the company’s group: the company’s users only', () => {
    given(defined).when('AddNotificationGroupMember', add, user(null)).thenTypes('NotificationGroupMemberAdded');
    given(defined)
      .when('AddNotificationGroupMember', add, user(id('Norte')))
      .thenRejected('otherCustomersUser');
  });
});

test('every situation × every command', () => {
  const situations = { active: [defined, member], retired: [defined, member, retired] };
  const commands = {
    DefineNotificationGroup: [{ name: 'Night shift' }, { active: [], retired: [] }],
    RenameNotificationGroup: [{ name: 'x' }, { active: ['NotificationGroupRenamed'], retired: 'retired' }],
    AddNotificationGroupMember: [{ userId: id('Bo') }, { active: ['NotificationGroupMemberAdded'], retired: 'retired' }],
    RemoveNotificationGroupMember: [{ userId: id('Ana') }, { active: ['NotificationGroupMemberRemoved'], retired: 'retired' }],
    RetireNotificationGroup: [{ reason: 'x' }, { active: ['NotificationGroupRetired'], retired: [] }],
  } as const;
  for (const [situation, history] of Object.entries(situations))
    for (const [type, [data, answers]] of Object.entries(commands)) {
      const { decision } = given(...history).when(type as keyof typeof commands, data as never);
      const came = isRejection(decision) ? decision.code : decision.map((each) => each.type);
      expect({ situation, type, came }).toEqual({ situation, type, came: answers[situation as keyof typeof answers] });
    }
});

test('a retired one takes nothing', () => {
  const commands = {
    RenameNotificationGroup: { name: 'x' },
    AddNotificationGroupMember: { userId: id('Bo') },
    RemoveNotificationGroupMember: { userId: id('Ana') },
  };
  for (const [type, data] of Object.entries(commands))
    given(defined, member, retired)
      .when(type as keyof typeof commands, data as never)
      .thenRejected('retired');
  given(defined, retired).when('RetireNotificationGroup', { reason: 'again' }).thenNothing();
});
