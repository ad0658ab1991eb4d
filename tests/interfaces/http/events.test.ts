import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Api, type PersonName, people, startApi, tenants } from './kit/api.ts';
import { listen, type Told } from './kit/frames.ts';
import { expectProblem } from './kit/problem.ts';

let api: Api;
beforeEach(async () => {
  api = await startApi();
});
afterEach(() => api.stop());

const launch = async (tenant: 'north' | 'south', name: string, more = {}): Promise<string> =>
  String((await api.post(tenant, '/commands/boat/launch-boat', { customerId: tenants[tenant], name, ...more })).json['id']);
const note = (as: PersonName, aggregate: string, text: string) => api.post(as, `/commands/${aggregate}/note`, { text });
const pages = async (as: PersonName, query = ''): Promise<readonly Told[]> => {
  const found: Told[] = [];
  for (let after = '', isLast = false; !isLast; ) {
    const { json } = await api.send(`/events?limit=3${query}${after}`, { as });
    // The boundary: the surface's own answer.
    found.push(...(json['data'] as readonly Told[]));
    const page = json['page'] as { readonly next: string; readonly isLast: boolean };
    isLast = page.isLast;
    after = `&after=${page.next}`;
  }
  return found;
};

describe('events in pages', () => {
  test('ES-5 the pages from any position are the rest of the log: no gap, no repeat, in order', async () => {
    for (let n = 0; n < 10; n += 1) await launch('north', `Boat ${n}`);
    const whole = await pages('staff');
    expect(whole.map(({ position }) => position)).toEqual(api.log.events.map(({ position }) => String(position)));
    for (const from of whole) {
      const { json } = await api.send(`/events?limit=500&after=${from.position}`, { as: 'staff' });
      expect(json['data']).toEqual(whole.slice(whole.indexOf(from) + 1));
    }
  });

  test('an event is a CloudEvent with the facts of the log, and without what is personal', async () => {
    const id = await launch('north', 'Nina', { skipper: 'Juan de la Cosa' });
    const [event] = await pages('north');
    expect(event).toMatchObject({
      specversion: '1.0',
      source: '/aggregates/boat',
      type: 'BoatLaunched',
      subject: `boat-${id}`,
      tenant: tenants.north,
      actor: `user:${people.north.actor.id}`,
      revision: 0,
      data: { name: 'Nina', skipper: '[erased]' },
    });
    const { text } = await api.send('/events', { as: 'staff', headers: { Accept: 'application/x-ndjson' } });
    expect(text).not.toContain('Cosa');
    expect(JSON.parse(text)).toEqual(event);
  });

  test('filters are conjunctive, and the same live', async () => {
    const id = await launch('north', 'One');
    await launch('south', 'Two');
    await api.post('north', `/commands/boat/${id}/rename-boat`, { name: 'Three' });
    const names = async (query: string) => (await pages('staff', query)).map(({ type }) => type);
    expect(await names('&types=BoatRenamed')).toEqual(['BoatRenamed']);
    expect(await names(`&aggregate=boat/${id}`)).toEqual(['BoatLaunched', 'BoatRenamed']);
    expect(await names(`&tenant=${tenants.south}`)).toEqual(['BoatLaunched']);
    expect(await names(`&actor=${people.south.actor.id}&types=BoatRenamed`)).toEqual([]);
    expect(await names('&from=2100-01-01')).toEqual([]);
    const stream = await listen(api, 'staff', `/events/stream?types=BoatRenamed&actor=${people.north.actor.id}`);
    expect((await stream.next(1))[0]).toMatchObject({ type: 'BoatRenamed', data: { name: 'Three' } });
    stream.close();
  });
});

describe('who sees what', () => {
  test('TE-9 TE-2 each holder sees what happened while it held the boat, in pages, live and in the history', async () => {
    const live = { north: await listen(api, 'north'), south: await listen(api, 'south') };
    const id = await launch('north', 'Mine');
    await api.post('north', `/commands/boat/${id}/rename-boat`, { name: 'Ours' });
    await api.post('chief', `/commands/boat/${id}/hand-over-boat`, { customerId: tenants.south });
    await api.post('south', `/commands/boat/${id}/rename-boat`, { name: 'Theirs' });
    const seen = { north: ['BoatLaunched', 'BoatRenamed'], south: ['BoatHandedOver', 'BoatRenamed'] } as const;
    for (const tenant of ['north', 'south'] as const) {
      expect((await pages(tenant)).map(({ type }) => type)).toEqual(seen[tenant]);
      expect((await live[tenant].next(2)).map(({ type }) => type)).toEqual(seen[tenant]);
      const { json } = await api.send(`/history/boat/${id}`, { as: tenant });
      expect((json['data'] as readonly Told[]).map(({ type }) => type)).toEqual(seen[tenant]);
      live[tenant].close();
    }
    expect(live.north.events.length).toBe(2);
    expect(JSON.stringify(live.south.events)).not.toMatch(/Mine|Ours/);
  });

  test('TE-11 restricted and company events reach only who may see them, on every surface', async () => {
    const live = { north: await listen(api, 'north'), staff: await listen(api, 'staff'), chief: await listen(api, 'chief') };
    const logbook = String((await note('staff', 'logbook', 'weather')).json['id']);
    const incident = String((await note('staff', 'incident', 'extortion')).json['id']);
    await launch('north', 'Last');
    expect((await pages('chief')).length).toBe(3);
    expect((await pages('staff')).length).toBe(2);
    expect((await pages('north')).length).toBe(1);
    for (const [who, count] of [
      ['chief', 3],
      ['staff', 2],
      ['north', 1],
    ] as const) {
      const told = await live[who].next(count);
      expect(told.at(-1)).toMatchObject({ data: { name: 'Last' } });
      expect(JSON.stringify(told).includes('extortion')).toBe(who === 'chief');
      live[who].close();
    }
    expectProblem(await api.send(`/history/logbook/${logbook}`, { as: 'north' }), 404);
    expectProblem(await api.send(`/history/incident/${incident}`, { as: 'staff' }), 404);
    expect((await api.send(`/history/incident/${incident}`, { as: 'chief' })).status).toBe(200);
  });

  test('without the permission there are no events', async () => {
    for (const path of ['/events', '/events/stream', `/history/boat/${randomUUID()}`]) expectProblem(await api.send(path, { as: 'nobody' }), 403, 'forbidden');
  });

  test('a missing and a foreign history are answered alike', async () => {
    const id = await launch('south', 'Foreign');
    const missing = randomUUID();
    const [foreign, absent] = [await api.send(`/history/boat/${id}`, { as: 'north' }), await api.send(`/history/boat/${missing}`, { as: 'north' })];
    expectProblem(foreign, 404, 'not-found');
    const plain = (answer: typeof foreign, of: string) => answer.text.replaceAll(of, '').replaceAll(String(answer.json['correlationId']), '');
    expect(plain(foreign, id)).toBe(plain(absent, missing));
  });
});

describe('events as they happen', () => {
  test('ES-5 history, then live, without gap or repeat, while writers go on', async () => {
    const writers = Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; n < 25; n += 1) await launch('north', `Boat ${writer} ${n}`);
      }),
    );
    const streams = await Promise.all(Array.from({ length: 5 }, () => listen(api, 'north')));
    await writers;
    const positions = api.log.events.map(({ position }) => String(position));
    for (const stream of streams) {
      expect((await stream.next(200)).map(({ position }) => position)).toEqual(positions);
      stream.close();
    }
  });

  test('goes on after Last-Event-ID, which counts more than `after`', async () => {
    for (let n = 0; n < 5; n += 1) await launch('north', `Boat ${n}`);
    const third = String(api.log.events[2]?.position);
    const stream = await listen(api, 'north', '/events/stream?after=0', { 'Last-Event-ID': third });
    expect((await stream.next(2)).map(({ data }) => data['name'])).toEqual(['Boat 3', 'Boat 4']);
    expect(stream.answer.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    stream.close();
  });

  test('a client that does not read is paused, holds up nobody, and gets everything once it reads', async () => {
    const [slow, quick] = [await listen(api, 'chief'), await listen(api, 'chief')];
    slow.answer.pause();
    // More than sockets hold, and more events than the hub keeps.
    for (let n = 0; n < 10; n += 1) {
      const commands = Array.from({ length: 500 }, () => ({ aggregate: 'logbook', command: 'note', payload: { text: 'x'.repeat(1500) } }));
      await api.post('chief', '/commands/batch', { commands });
      await quick.next(500);
    }
    slow.answer.resume();
    expect((await slow.next(5000)).map(({ position }) => position)).toEqual(api.log.events.map(({ position }) => String(position)));
    expect(quick.events.length).toBe(5000);
    slow.close();
    quick.close();
  });

  test('one caller has at most so many streams; a closed one makes room', async () => {
    await api.stop();
    api = await startApi({ limits: { streamsPerCaller: 2 } });
    const [first, second] = [await listen(api, 'north'), await listen(api, 'north')];
    expectProblem(await api.send('/events/stream', { as: 'north' }), 429, 'rate-limited');
    const other = await listen(api, 'south');
    first.close();
    let again = await api.send('/events/stream', { as: 'north', signal: AbortSignal.timeout(200) }).catch(() => undefined);
    while (again?.status === 429) again = await api.send('/events/stream', { as: 'north', signal: AbortSignal.timeout(200) }).catch(() => undefined);
    expect(again).toBeUndefined();
    second.close();
    other.close();
  });

  test('TE-6 a suspended caller’s stream ends by itself', async () => {
    const stream = await listen(api, 'north');
    api.directory.set('north', 'unknown');
    await stream.ended;
    expect(stream.events.at(-1)).toEqual({ reason: 'unknown' });
  });
});

describe('one aggregate through time', () => {
  test('ES-4 its state at a revision or an instant is the fold up to there, and a diff is what lies between', async () => {
    const id = await launch('north', 'First');
    for (const name of ['Second', 'Third']) await api.post('north', `/commands/boat/${id}/rename-boat`, { name });
    const asOf = async (moment: string) => (await api.send(`/history/boat/${id}?asOf=${moment}`, { as: 'north' })).json;
    expect(await asOf('0')).toMatchObject({ data: { name: 'First' }, asOf: { revision: 0 } });
    expect(await asOf('1')).toMatchObject({ data: { name: 'Second' } });
    expect(await asOf('2100-01-01')).toMatchObject({ data: { name: 'Third' }, asOf: { revision: 2 } });
    expect(await asOf('2000-01-01')).toMatchObject({ status: 404 });
    expect(await asOf(String(api.log.events[1]?.metadata.occurredAt))).toMatchObject({ data: { name: expect.any(String) } });
    const { json } = await api.send(`/history/boat/${id}?diff=0..2`, { as: 'north' });
    expect(json).toMatchObject({ data: [{ pointer: '/name', before: 'First', after: 'Third' }], from: { revision: 0 }, to: { revision: 2 } });
  });

  test('personal fields are in clear for holders of the aggregate’s own permission only', async () => {
    const id = await launch('north', 'Nina', { skipper: 'Juan de la Cosa' });
    expect((await api.send(`/history/boat/${id}`, { as: 'north' })).text).toContain('Juan de la Cosa');
    const auditor = await api.send(`/history/boat/${id}`, { as: 'auditor' });
    expect(auditor.status).toBe(200);
    expect(auditor.text).not.toContain('Cosa');
    expect(auditor.text).toContain('[erased]');
  });

  test('TE-9 a state that holds what an earlier holder left in it is not shown to the next', async () => {
    const id = await launch('north', 'Mine');
    await api.post('chief', `/commands/boat/${id}/hand-over-boat`, { customerId: tenants.south });
    expectProblem(await api.send(`/history/boat/${id}?asOf=1`, { as: 'south' }), 404);
    expectProblem(await api.send(`/history/boat/${id}?diff=0..1`, { as: 'south' }), 404);
    expect((await api.send(`/history/boat/${id}?asOf=0`, { as: 'north' })).status).toBe(200);
    expectProblem(await api.send(`/history/boat/${id}?asOf=1`, { as: 'north' }), 404);
    expect((await api.send(`/history/boat/${id}?asOf=1`, { as: 'staff' })).status).toBe(200);
  });
});
