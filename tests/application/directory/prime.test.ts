import { expect, test } from '@jest/globals';
import { primeDirectory } from '../../../src/application/directory/prime.ts';
import { Directory } from '../../../src/application/directory.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { Story } from './people.ts';

const names = ['ana', 'beto', 'carla'] as const;
const step = fc.record({ name: fc.constantFrom(...names), what: fc.constantFrom('leave', 'takeOver', 'role', 'account') });

test('a directory filled from its streams, in any order, knows what one knows that read the whole log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat({ max: 40 }), fc.infiniteStream(fc.nat({ max: 1000 })), async (steps, cut, order) => {
      const story = new Story();
      story.role('sales', ['equipment:view']);
      story.account('C', 'north');
      for (const name of names) story.activeUser(name, { customer: 'C', roles: ['sales'], accounts: ['north'] });
      for (const [index, { name, what }] of steps.entries()) {
        if (what === 'leave') story.add('user', name, 'UserDeactivated', { reason: 'x' });
        // Somebody new signs in with the identity that the other has given up.
        if (what === 'takeOver') {
          story.add('user', name, 'UserDeactivated', { reason: 'x' });
          story.add('user', `${name} ${index}`, 'UserInvited', {
            email: `${name}${index}@example.org`,
            name,
            customerId: id('C'),
            expiresAt: '2027-01-01T00:00:00.000Z',
          });
          story.add('user', `${name} ${index}`, 'IdentityLinked', { subject: `auth0|${name}` });
          story.add('user', `${name} ${index}`, 'UserApproved');
        }
        if (what === 'role') story.role(`role ${index}`, ['equipment:edit']);
        if (what === 'account') story.account('C', `account ${index}`, 'north');
      }
      const directory = () => new Directory({ tail: async () => story.tail, nowMs: () => 0 });
      const [whole, primed] = [directory(), directory()];
      whole.handle({ events: story.events, position: story.tail });
      // The index was read at some position; the streams have gone on since.
      const position = story.events[Math.min(cut, story.events.length - 1)]?.position ?? 0n;
      const streams = [...new Set(story.events.filter((event) => event.position <= position).map(({ stream }) => stream))];
      const shuffled = streams.map((stream) => ({ stream, at: order.next().value ?? 0 })).sort((a, b) => a.at - b.at);
      const log = { read: async (stream: string) => story.events.filter((event) => event.stream === stream) };
      await primeDirectory(primed, log, { streams: shuffled.map(({ stream }) => stream), position });
      primed.handle({ events: story.events.filter((event) => event.position > position), position: story.tail });
      for (const one of [whole, primed]) await one.freshness.levels(0);
      for (const name of names) expect(primed.resolve(`auth0|${name}`)).toEqual(whole.resolve(`auth0|${name}`));
    }),
    { numRuns: 150 },
  );
});
