import { describe, expect, test } from '@jest/globals';
import { follow, freshCategory, freshName, gather, made, refusal, several, useServer } from './harness.ts';

/** A real server needs its standard projections running for these; its index follows with a delay, so everything waits by subscribing. */
const server = useServer();

const linkedTo = async (name: string, count: number) => {
  const subscription = server().client.subscribeToStream(name, { resolveLinkTos: true });
  const events = [...(await follow(subscription).count(count))].slice(0, count);
  await subscription.unsubscribe();
  return events;
};

describe('§14 $ce-<category>', () => {
  test('links every event of the category’s streams, in order', async () => {
    const category = freshCategory();
    for (const n of [1, 2, 1]) await server().client.appendToStream(`${category}-${n}`, [made('Step', { n })]);
    const events = await linkedTo(`$ce-${category}`, 3);
    expect(events.map(({ event, link }) => [event?.streamId, event?.revision, link?.revision, link?.type, link?.streamId])).toEqual([
      [`${category}-1`, 0n, 0n, '$>', `$ce-${category}`],
      [`${category}-2`, 0n, 1n, '$>', `$ce-${category}`],
      [`${category}-1`, 1n, 2n, '$>', `$ce-${category}`],
    ]);
  });
  test('without resolving, the events are links', async () => {
    const category = freshCategory();
    await server().client.appendToStream(`${category}-1`, several(1));
    await linkedTo(`$ce-${category}`, 1);
    const [read] = await gather(server().client.readStream(`$ce-${category}`));
    expect([read?.event?.type, Buffer.from(read?.event?.data as Uint8Array).toString()]).toEqual(['$>', `0@${category}-1`]);
  });
  test('reads backwards and from a revision', async () => {
    const category = freshCategory();
    await server().client.appendToStream(`${category}-1`, several(6));
    await linkedTo(`$ce-${category}`, 6);
    const options = { direction: 'backwards', fromRevision: 3n, maxCount: 2, resolveLinkTos: true } as const;
    expect((await gather(server().client.readStream(`$ce-${category}`, options))).map(({ event }) => event?.revision)).toEqual([3n, 2n]);
    expect(await gather(server().client.readStream(`$ce-${category}`, { fromRevision: 4n }))).toHaveLength(2);
  });
  test('the category ends at the first dash', async () => {
    const category = freshCategory();
    await server().client.appendToStream(`${category}-a-b`, several(1));
    expect((await linkedTo(`$ce-${category}`, 1))[0]?.event?.streamId).toBe(`${category}-a-b`);
  });
  test('of an unknown category is not found', async () => {
    expect(await refusal(gather(server().client.readStream(`$ce-${freshCategory()}`)))).toMatchObject({ type: 'stream-not-found' });
  });
  test('a subscription goes from history to live without gap or repeat', async () => {
    const category = freshCategory();
    await server().client.appendToStream(`${category}-0`, several(50));
    const subscription = server().client.subscribeToStream(`$ce-${category}`, { resolveLinkTos: true });
    const followed = follow(subscription);
    await Promise.all(Array.from({ length: 50 }, (_, n) => server().client.appendToStream(`${category}-${n % 5}`, several(2))));
    const links = (await followed.count(150)).map(({ link }) => Number(link?.revision));
    expect(links).toEqual(Array.from({ length: 150 }, (_, n) => n));
    await subscription.unsubscribe();
  });
  test('a deleted stream leaves links that lead nowhere', async () => {
    const category = freshCategory();
    await server().client.appendToStream(`${category}-1`, several(1));
    await linkedTo(`$ce-${category}`, 1);
    await server().client.deleteStream(`${category}-1`);
    const [read] = await gather(server().client.readStream(`$ce-${category}`, { resolveLinkTos: true }));
    expect([read?.event, read?.link?.type]).toEqual([undefined, '$>']);
  });
});

describe('§14 $et-<type>', () => {
  test('links every event of the type, over all streams', async () => {
    const type = `Type${freshCategory()}`;
    const streams = [freshName(), freshName()];
    for (const stream of streams) await server().client.appendToStream(stream, [made('Other'), made(type)]);
    const events = await linkedTo(`$et-${type}`, 2);
    expect(events.map(({ event }) => [event?.streamId, event?.type, event?.revision])).toEqual(streams.map((stream) => [stream, type, 1n]));
  });
  test('is followed live', async () => {
    const type = `Type${freshCategory()}`;
    const subscription = server().client.subscribeToStream(`$et-${type}`, { resolveLinkTos: true });
    const followed = follow(subscription);
    await followed.until(() => followed.log.includes('caughtUp'));
    await server().client.appendToStream(freshName(), [made(type), made('Other'), made(type)]);
    expect((await followed.count(2)).map(({ event }) => event?.type)).toEqual([type, type]);
    await subscription.unsubscribe();
  });
});
