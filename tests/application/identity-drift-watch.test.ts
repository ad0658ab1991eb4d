import { expect, test } from '@jest/globals';
import type { ExpectedIdentity } from '../../src/application/directory.ts';
import { IdentityDriftWatch } from '../../src/application/identity-drift-watch.ts';
import type { IdentityProvider } from '../../src/application/ports/identity-provider.ts';
import { id } from '../kit/decider.ts';

const people: readonly ExpectedIdentity[] = ['ana', 'bea'].map((name) => ({ userId: id(name), subject: name, isBlocked: false, externalRoleIds: [] }));
const started = () => {
  const provider = { isAway: false, asked: 0, onAsk: (): void => undefined };
  const told: string[] = [];
  const clock = { now: '2026-03-10T07:00:00.000Z' };
  const identityProvider: Pick<IdentityProvider, 'userOf'> = {
    userOf: async (subject) => {
      provider.asked += 1;
      provider.onAsk();
      if (provider.isAway) return { ok: false, problem: 'no answer' };
      return { ok: true, value: { subject, isBlocked: subject === 'bea', externalRoleIds: [] } };
    },
  };
  const watch = new IdentityDriftWatch({
    directory: { expectedIdentities: () => people.values() as Generator<ExpectedIdentity> },
    // The boundary of this test: the check asks for users only.
    identityProvider: identityProvider as IdentityProvider,
    commands: {
      handle: async ({ id: userId, commandId, type }) => {
        told.push(`${type} ${commandId}`);
        return { kind: 'unchanged', id: userId, revision: 0 };
      },
    },
    clock: () => clock.now,
  });
  return { provider, told, clock, watch };
};
const running = new AbortController().signal;

test('checks once a day, from eight o’clock (UTC) on, and catches up after downtime', async () => {
  const { provider, told, clock, watch } = started();
  for (const now of ['2026-03-10T07:59:00.000Z', '2026-03-10T08:00:30.000Z', '2026-03-10T08:01:30.000Z', '2026-03-10T23:59:00.000Z']) {
    clock.now = now;
    await watch.tick(running);
  }
  expect([provider.asked, told.length]).toEqual([2, 1]);
  expect(watch.status).toEqual({ checkedAt: '2026-03-10T08:00:30.000Z', checked: 2, drifted: 1 });
  clock.now = '2026-03-13T19:00:00.000Z';
  await watch.tick(running);
  expect([provider.asked, new Set(told).size]).toEqual([4, 2]);
});

test('a failure is seen, and the check is made again an hour later', async () => {
  const { provider, clock, watch } = started();
  provider.isAway = true;
  clock.now = '2026-03-10T09:00:00.000Z';
  await watch.tick(running);
  expect(watch.status).toEqual({ checkedAt: null, checked: 0, drifted: 0, problem: 'no answer' });
  provider.isAway = false;
  clock.now = '2026-03-10T09:59:00.000Z';
  await watch.tick(running);
  expect(provider.asked).toBe(1);
  clock.now = '2026-03-10T10:00:00.000Z';
  await watch.tick(running);
  expect(watch.status).toEqual({ checkedAt: '2026-03-10T10:00:00.000Z', checked: 2, drifted: 1 });
});

test('a stop ends it between two people', async () => {
  const { provider, clock, watch } = started();
  const stopping = new AbortController();
  provider.onAsk = () => stopping.abort();
  clock.now = '2026-03-10T09:00:00.000Z';
  await watch.tick(stopping.signal);
  expect(provider.asked).toBe(1);
  expect(watch.status.problem).toMatch(/stopped/);
});
