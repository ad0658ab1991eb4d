/** What details say of persons: kept apart, under a key that can be destroyed, and told as it was said. */
import { describe, expect, test } from '@jest/globals';
import { personalPaths } from '../../../src/domain/kernel/personal.ts';
import { serviceRequestEvents } from '../../../src/domain/service-request/events.ts';
import { apart, personalMistakes, together } from '../../../src/domain/service-request/persons.ts';
import { fc } from '../../kit/seed.ts';
import { shipped } from '../../kit/shipped-catalogs.ts';
import { asked, type RequestEvent, Story } from './kit.ts';

const driver = { driverName: 'Remigio Ixcot', driverPhone: '+50255598765' };
const tire = { positions: ['1LO'], damage: 'flat', ...driver };
const persons = [
  { field: 'driverName', text: driver.driverName },
  { field: 'driverPhone', text: driver.driverPhone },
];
const text = { type: 'string' } as const;
const schema = { type: 'object', properties: { name: { ...text, 'x-personal': true }, phone: { ...text, 'x-personal': true }, model: text } };
const marks = ['name', 'phone'];

describe('details that are a person’s', () => {
  test('ES-9 stand in fields of events that are encrypted, and in no other; repeated, they change nothing', () => {
    const story = new Story();
    const request = { ...asked('tire'), details: tire };
    story.give('SubmitRequest', request);
    const told = (event: RequestEvent | undefined) => (event?.type === 'RequestSubmitted' || event?.type === 'RequestAmended' ? event.data : undefined);
    expect(told(story.events[0])).toMatchObject({ details: { positions: ['1LO'], damage: 'flat' }, persons });
    expect(story.give('SubmitRequest', request)).toEqual([]);
    expect(story.give('SubmitRequest', { ...request, details: { ...tire, driverName: 'Another' } })).toBe('alreadySubmitted');

    const amended = { description: request.description, details: { ...tire, driverName: 'Another' } };
    expect(story.give('AmendRequest', amended)).toEqual(['RequestAmended']);
    expect(story.give('AmendRequest', amended)).toEqual([]);
    expect(told(story.events.findLast(({ type }) => type === 'RequestAmended'))?.persons?.[0]).toEqual({ field: 'driverName', text: 'Another' });
    const clear = JSON.stringify(story.events.map(({ data }) => ({ ...data, persons: [] })));
    expect(clear).not.toMatch(/Remigio|Another|98765/);
    for (const { schema: stored } of [serviceRequestEvents.RequestSubmitted, serviceRequestEvents.RequestAmended])
      expect(personalPaths(stored)).toEqual([['persons', '*', 'text']]);
  });

  test('ES-9 events from before there was a mark read as they were said', () => {
    const [before, after] = [new Story(), new Story()];
    after.give('SubmitRequest', { ...asked('tire'), details: tire });
    // As it was stored then: everything in the details.
    before.happen(after.events.map((event) => (event.type === 'RequestSubmitted' ? { type: event.type, data: old(event.data) } : event)));
    expect(before.state).toEqual(after.state);
  });

  test('ES-9 are marked wherever the shipped types ask for somebody', () => {
    const types = Object.values(shipped('service-type').entries).map(({ entry }) => entry);
    const asksFor = (fields: object) => Object.keys(fields).filter((field) => /(driver|inspector|contact|person).*(name|phone|email)/i.test(field));
    const named = types.flatMap(({ code, attributes }) => {
      const { detailsSchema } = attributes as { readonly detailsSchema: { readonly properties: object } };
      return asksFor(detailsSchema.properties).map((field) => ({ code, field, isMarked: personalPaths(detailsSchema).some(([first]) => first === field) }));
    });
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter(({ isMarked }) => !isMarked)).toEqual([]);
  });

  test('ES-9 apart and together are each other’s inverse, and nothing marked stays in clear', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...marks, 'model', 'size'), fc.oneof(fc.string(), fc.string({ minLength: 1 }))), (details) => {
        const kept = apart(details, schema);
        expect(together(kept)).toEqual(details);
        expect(Object.keys(kept.details).filter((field) => marks.includes(field))).toEqual([]);
      }),
    );
  });

  test('ES-9 that could not be kept apart are refused, not kept in clear', () => {
    expect(personalMistakes({ name: 'Ana', model: 'x' }, schema)).toEqual([]);
    expect(personalMistakes({ name: ['Ana'] }, schema)).toMatchObject([{ pointer: '/name' }]);
    expect(personalMistakes({ name: 'x'.repeat(4001) }, schema)).toMatchObject([{ pointer: '/name' }]);
    const deep = { type: 'object', properties: { contact: schema } };
    expect(personalMistakes({ contact: { name: 'Ana' } }, deep)).toMatchObject([{ pointer: '/contact/name' }, { pointer: '/contact/phone' }]);
    expect(personalMistakes({}, deep)).toEqual([]);
    expect([personalMistakes({}, undefined), apart({ a: 1 }, undefined)]).toEqual([[], { details: { a: 1 } }]);
  });
});

const old = ({ persons: names, ...data }: Extract<RequestEvent, { readonly type: 'RequestSubmitted' }>['data']) => ({
  ...data,
  details: together({ details: data.details, ...(names === undefined ? {} : { persons: names }) }),
});
