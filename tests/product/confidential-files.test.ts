/** What an incident names is, for whoever may not see incidents, not there: whatever else they may do, on every surface (TE-11). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readModels } from '../../projections/read-models.ts';
import { permissionsOf } from '../../src/application/permissions.ts';
import { attachment } from '../../src/domain/attachment/decider.ts';
import { model } from '../../src/domain/model.ts';
import { parts } from '../../src/interfaces/composition/tokens.ts';
import { kebabCase } from '../../src/interfaces/http/names.ts';
import { id } from '../kit/decider.ts';
import type { Person } from '../kit/product.ts';
import { accountId, customerId } from '../kit/rental.ts';
import { readModelsThatDiffer, senderOn, wholeLog } from '../kit/system.ts';
import { openWorld, type Row } from './world.ts';

const every = permissionsOf(
  model,
  readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
);
const ofIncidents = /^(extortion-incident|restricted-event):/;
const queries = readModels.flatMap((each) => each.queries).filter(({ permission }) => !ofIncidents.test(permission));
const content = Buffer.from(`%PDF-1.7 what was said ${'x'.repeat(500)}`);
const announced = { documentCategory: 'other', name: 'threat of Monterroso.pdf', declaredType: 'application/pdf', declaredSizeBytes: content.length };

let world: Awaited<ReturnType<typeof openWorld>>;
/** `chief` may everything, `clerk` everything but to know of incidents. */
let [chief, clerk]: readonly Person[] = [];
beforeAll(async () => {
  world = await openWorld(async ({ person, roles }) => {
    await roles({ clerk: every.filter((permission) => !ofIncidents.test(permission)), auditor: ['event:view', 'restricted-event:view'] });
    await person('gerente', id('role clerk'));
    await person('vendedor', id('role auditor'));
  });
  [chief, clerk] = [await world.signIn('admin'), await world.signIn('gerente')];
}, 120_000);
afterAll(() => world.stop());
const people = () => {
  if (chief === undefined || clerk === undefined) throw new Error('nobody is signed in');
  return { chief, clerk };
};

/** Announced, sent, named by an incident, given a second version and thrown away; and one more that is still there. */
const lives = async (by: Person) => {
  const stored = async (key: string) => {
    const { id: attachmentId, made } = await world.give(by, 'attachment/begin-confidential-upload', { ...announced, declaredSizeBytes: content.length });
    const uploadId = made[0] ?? '';
    const answer = await by.put(`/files/${attachmentId}/uploads/${uploadId}`, content, 'application/pdf');
    expect({ key, status: answer.status }).toEqual({ key, status: 200 });
    const { sha256 } = (await answer.json()) as { readonly sha256: string };
    return { attachmentId, uploadId, sha256 };
  };
  const [kept, thrown] = [await stored('kept'), await stored('thrown')];
  const incident = await world.give(by, 'incident/report-extortion-incident', { description: 'A call', attachmentId: kept.attachmentId });
  await world.give(by, `attachment/${kept.attachmentId}/set-attachment-expiry`, { expiresOn: '2040-01-31' });
  await world.give(by, `attachment/${thrown.attachmentId}/remove-attachment`, { reason: 'twice' });
  return { kept, marks: [...Object.values(kept), ...Object.values(thrown), incident.id, 'Monterroso'] };
};
let life: Awaited<ReturnType<typeof lives>>;

const paths = [
  ...queries.map(({ name }) => `/queries/${name}?limit=500`),
  '/queries/search?q=other',
  '/queries/search?q=Monterroso',
  '/queries/attachment?count=exact&format=csv',
];
const inSight = async (who: Person, path: string): Promise<string> => {
  const answer = await who.get(path, await world.consistent());
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text}`);
  return text;
};
const statusOf = async (who: Person, path: string): Promise<number> => (await who.get(path)).status;
/** As it is but for the position that it is of. */
const timeless = (text: string): string => text.replace(/"asOf":\{[^}]*\}/, '');
const types = ['AttachmentUploadBegun', 'AttachmentStored', 'AttachmentLinked', 'AttachmentRemoved', 'AttachmentContentDeleted', 'DeadlineClosed'].join();
const eventsOf = async (who: Person): Promise<readonly string[]> => {
  const { body } = await who.json(`/events?limit=500&types=${types}`, await world.consistent());
  return (body['data'] as readonly Row[]).map((event) => JSON.stringify(event));
};

describe('a file of an incident', () => {
  test('TE-11 changes no byte of any list, search, feed, index or export of who may not see incidents', async () => {
    const { chief: trusted, clerk: other } = people();
    // Something ordinary of the same kind, so that nothing is empty for another reason.
    await world.upload(other, 'photo', 'yard.png');
    const before = new Map<string, string>();
    const own = /^\/queries\/(session|api-usage|user-api-usage|access)/;
    for (const path of paths) before.set(path, timeless(await inSight(other, path)));
    const told = await eventsOf(other);
    life = await lives(trusted);
    for (const path of paths) {
      const after = await inSight(other, path);
      for (const mark of life.marks) expect({ path, mark, isTold: after.includes(mark) }).toEqual({ path, mark, isTold: false });
      if (!own.test(path)) expect({ path, isSame: timeless(after) === before.get(path) }).toEqual({ path, isSame: true });
    }
    expect(await eventsOf(other)).toEqual(told);
  });

  test('TE-11 is there for who may see incidents: its row, versions, link and events', async () => {
    const { chief: trusted } = people();
    const { attachmentId, sha256 } = life.kept;
    expect(await world.rows(trusted, `/queries/attachment?filter[attachment_id]=${attachmentId}`)).toMatchObject([
      { name: 'other', sha256, status: 'stored', link_count: 1, restricted_to: 'extortion-incident:view' },
    ]);
    for (const query of ['attachment-version', 'attachment-link', 'storage-file'])
      expect({ query, rows: (await world.rows(trusted, `/queries/${query}?filter[attachment_id]=${attachmentId}`)).length }).toEqual({ query, rows: 1 });
    expect((await eventsOf(trusted)).filter((event) => event.includes(attachmentId)).length).toBe(3);
    expect((await trusted.json(`/history/attachment/${attachmentId}`)).status).toBe(200);
    const { body } = await trusted.json(`/files/${attachmentId}/link`);
    const file = await fetch(new URL(String(body['url']), world.url));
    expect(Buffer.from(await file.arrayBuffer()).equals(content)).toBe(true);
    // Whatever they may, what nobody finds by words is not in the search.
    for (const mark of life.marks) expect(await inSight(trusted, '/queries/search?q=Monterroso')).not.toContain(mark);
  });

  test('TE-11 its events, and those of the incident, need the permission for incidents beside the one for restricted events', async () => {
    const auditor = await world.signIn('vendedor');
    const restricted = (await wholeLog(world.system)).filter(({ metadata }) => metadata.restrictedTo !== undefined);
    expect(new Set(restricted.map(({ category, metadata }) => `${category} ${metadata.restrictedTo}`))).toEqual(
      new Set(['attachment extortion-incident:view', 'incident extortion-incident:view']),
    );
    for (const path of ['/queries/restricted-event-index?limit=500', '/events?limit=500'])
      for (const mark of life.marks) expect({ path, mark, isTold: (await inSight(auditor, path)).includes(mark) }).toEqual({ path, mark, isTold: false });
    expect((await world.rows(people().chief, '/queries/restricted-event-index?limit=500')).length).toBe(restricted.length);
  });

  test('TE-11 is answered like one that never was: by commands, links, uploads, histories, and to whoever names it', async () => {
    const { clerk: other } = people();
    const ask = {
      ...Object.fromEntries(
        Object.entries(attachment.commands).flatMap(([type, definition]) =>
          'internal' in definition || 'creates' in definition
            ? []
            : [[type, (file: string) => other.command(`attachment/${file}/${kebabCase(type)}`, bodies[type] ?? {})]],
        ),
      ),
      row: (file: string) => other.get(`/queries/attachment/${file}`),
      rows: (file: string) => other.get(`/queries/attachment?filter[attachment_id]=${file}`),
      deadlines: (file: string) => other.get(`/queries/deadline?filter[aggregate_id]=${file}`),
      link: (file: string) => other.get(`/files/${file}/link`),
      upload: (file: string) => other.put(`/files/${file}/uploads/${life.kept.uploadId}`, content, 'application/pdf'),
      history: (file: string) => other.get(`/history/attachment/${file}`),
      'state then': (file: string) => other.get(`/history/attachment/${file}?asOf=0`),
      naming: (file: string) => other.command(`customer/${customerId}/add-customer-document`, { ...paper, attachmentId: file }),
      'naming within details': (file: string) => other.command('service-request/submit-request', { ...wish, details: { designFlowM3Day: 5, uploads: [file] } }),
    };
    expect(Object.keys(ask).length).toBeGreaterThan(14);
    const missing = id('never was');
    for (const [what, request] of Object.entries(ask)) {
      const [hidden, absent] = [await told(await request(life.kept.attachmentId)), await told(await request(missing))];
      expect({ what, ...hidden }).toEqual({ what, ...absent });
      expect({ what, status: hidden.status }).toEqual({ what, status: answers[what] ?? 404 });
      if (hidden.status === 200) expect(hidden.text).toContain('"data":[]');
    }
  });

  test('TE-11 an incident takes no file that others may know of, and nothing else takes a file of an incident', async () => {
    const { chief: trusted, clerk: other } = people();
    const photo = await world.upload(trusted, 'photo', 'gate.png');
    const report = 'incident/report-extortion-incident';
    const open = await trusted.command(report, { description: 'A call', attachmentId: photo });
    expect({ status: open.status, body: await open.json() }).toMatchObject({ status: 409, body: { code: 'notConfidential' } });
    expect(await world.refusal(trusted, `customer/${customerId}/add-customer-document`, { ...paper, attachmentId: life.kept.attachmentId })).toBe(404);
    expect(await world.refusal(other, 'attachment/begin-confidential-upload', announced)).toBe(403);
  });

  test('TE-11 what an incident once named, before it took only confidential files, is withheld too: row, version, content, link, search and history', async () => {
    const { chief: trusted, clerk: other } = people();
    const file = await world.upload(other, 'photo', 'Zacualpa.png');
    const { send } = await senderOn(world.system);
    const sights = [`/queries/attachment?filter[attachment_id]=${file}`, `/queries/storage-file?filter[attachment_id]=${file}`, '/queries/search?q=Zacualpa'];
    const seen = async (who: Person) => Promise.all(sights.map(async (path) => (await inSight(who, path)).includes(file)));
    expect(await seen(other)).toEqual([true, true, true]);
    expect(await send('attachment', file, 'LinkAttachment', { category: 'restricted', targetId: id('opaque') })).toMatchObject({ kind: 'accepted' });
    expect([await seen(other), await seen(trusted)]).toEqual([
      [false, false, false],
      [true, true, false],
    ]);
    const [link, history] = [`/files/${file}/link`, `/history/attachment/${file}`];
    expect([await statusOf(other, link), await statusOf(other, history)]).toEqual([404, 404]);
    expect([await statusOf(trusted, link), await statusOf(trusted, history)]).toEqual([200, 200]);
  });

  test('TE-11 stays unseen while its deadlines pass, and ES-3 every table is what the log says', async () => {
    const { chief: trusted, clerk: other } = people();
    // The ordinary ones first: their own deadlines are to be seen.
    await world.timePasses({ days: 2 });
    const before = await eventsOf(other);
    const { id: attachmentId } = await world.give(trusted, 'attachment/begin-confidential-upload', announced);
    await world.timePasses({ days: 2 });
    expect(await eventsOf(other)).toEqual(before);
    expect((await eventsOf(trusted)).filter((event) => event.includes(attachmentId)).length).toBe(3);
    expect(await readModelsThatDiffer(world.system, await wholeLog(world.system))).toEqual([]);
  });

  test('TE-11 goes past live streams of who may not see incidents', async () => {
    const { chief: trusted, clerk: other } = people();
    const [hears, hearsNot] = [await listen(trusted), await listen(other)];
    const { id: attachmentId } = await world.give(trusted, 'attachment/begin-confidential-upload', announced);
    const last = await world.upload(other, 'photo', 'last.png');
    expect(await hears(last)).toContain(attachmentId);
    expect(await hearsNot(last)).not.toContain(attachmentId);
  });
});

const bodies: Readonly<Record<string, object>> = {
  BeginVersion: { name: 'x', declaredType: 'application/pdf', declaredSizeBytes: 10 },
  UnlinkAttachment: { category: 'restricted', targetId: customerId },
  RetainAttachment: { until: '2040-01-01', reason: 'x' },
  SetAttachmentExpiry: { expiresOn: '2040-01-01' },
  SetAttachmentMetadata: { metadata: {} },
  RemoveAttachment: { reason: 'x' },
};
const paper = { documentType: 'contract', name: 'A contract' };
/** What else than 404 the answer to a file that is not there is. */
const answers: Readonly<Record<string, number>> = { rows: 200, deadlines: 200, 'naming within details': 409 };
const place = { street: '5a avenida 1-23', municipio: '0101' };
const wish = { accountId, serviceType: 'ptar', urgency: 'scheduled', description: 'A plant', location: place };
/** All that an answer says but the asked id, and what is made for each request anew. */
const told = async (answer: Response) => {
  const text = await answer.text();
  const plain = text
    .replaceAll(/"correlationId":"[^"]*"/g, '')
    .replaceAll(/"asOf":\{[^}]*\}/g, '')
    .replaceAll(life.kept.attachmentId, '')
    .replaceAll(id('never was'), '');
  return { status: answer.status, text: plain };
};

/** Everything a live stream brings until it tells of `last`. */
const listen = async (who: Person): Promise<(last: string) => Promise<string>> => {
  const after = String(await (await world.system.part(parts.log)).tail());
  const answer = await who.get(`/events/stream?after=${after}`);
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  return async (last) => {
    let heard = '';
    while (!heard.includes(last)) {
      const { value, done } = await reader.read();
      if (done) throw new Error('the stream ended');
      heard += Buffer.from(value).toString('utf8');
    }
    await reader.cancel();
    return heard;
  };
};
