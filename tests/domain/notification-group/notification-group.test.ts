import { expect, test } from '@jest/globals';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
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
