import { describe, expect, test } from '@jest/globals';
import { administrators, companyAdministrators } from '../../../src/domain/administrators/decider.ts';
import { administratorsEvents } from '../../../src/domain/administrators/events.ts';
import { emit } from '../../../src/domain/kernel/aggregate.ts';
import { id, scenarios } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';

const { given, run } = scenarios(administrators);
const event = emit(administratorsEvents);
const joined = (name: string) => event('AdministratorJoined', { userId: id(name), appointmentId: id(`appointment ${name}`) });

describe('the administrators', () => {
  test('join once; the last one cannot be removed', () => {
    given()
      .when('JoinAdministrators', { userId: id('ana'), appointmentId: id('appointment ana') })
      .then(joined('ana'))
      .andRepeatedNothing();
    given(joined('ana'))
      .when('RemoveAdministrator', { userId: id('ana'), reason: 'left' })
      .thenRejected('lastAdministrator');
    given(joined('ana'), joined('beto'))
      .when('RemoveAdministrator', { userId: id('ana'), reason: 'left' })
      .then(event('AdministratorLeft', { userId: id('ana'), appointmentId: id('appointment ana'), reason: 'left' }))
      .andRepeatedNothing();
  });

  test('TE-4 once there is one there is always one, whatever is asked', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const command = fc.oneof(
      fc.record({ type: fc.constant('JoinAdministrators' as const), data: name.map((one) => ({ userId: id(one), appointmentId: id(`${one}!`) })) }),
      fc.record({ type: fc.constant('RemoveAdministrator' as const), data: name.map((one) => ({ userId: id(one), reason: 'x' })) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const { state, events } = run(commands);
        expect(Object.keys(state.members).length > 0).toBe(events.length > 0);
      }),
      { numRuns: 200 },
    );
  });

  test('are a customer’s, or the company’s', () => {
    expect(administrators.tenantOf(administrators.initial, id('customer'))).toBe(id('customer'));
    expect(administrators.tenantOf(administrators.initial, companyAdministrators)).toBeNull();
  });
});
