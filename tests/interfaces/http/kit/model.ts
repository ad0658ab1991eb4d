/** A small model made of the kernel's words: every confidentiality class, personal fields, references, every kind of field. */
import { type Aggregate, type AnyAggregate, defineCommands, defineEvents, emit, erase, reject } from '../../../../src/domain/kernel/aggregate.ts';
import * as words from '../../../../src/domain/kernel/schema.ts';

const boatEvents = defineEvents({
  BoatLaunched: {
    version: 1,
    docs: 'A boat went into the water for a customer.',
    schema: words.fields({ customerId: words.uuid(), name: words.text(), skipper: words.optional(words.text({ personal: true })) }),
  },
  BoatRenamed: { version: 1, docs: 'It has another name.', schema: words.fields({ name: words.text() }) },
  BoatHandedOver: { version: 1, docs: 'Another customer has it now.', schema: words.fields({ customerId: words.uuid() }) },
  BoatSunk: { version: 1, docs: 'It is gone.', schema: words.fields({ reason: words.note() }) },
});
const boatCommands = defineCommands({
  LaunchBoat: {
    permission: 'boat:create',
    docs: 'Puts a boat into the water.',
    creates: true,
    rejects: ['alreadyLaunched'],
    schema: words.fields({ customerId: words.uuid(), name: words.text(), skipper: words.optional(words.text({ personal: true })) }),
  },
  RenameBoat: { permission: 'boat:edit', docs: 'Gives it another name.', rejects: ['sunk', 'forbiddenName'], schema: words.fields({ name: words.text() }) },
  HandOverBoat: { permission: 'boat:assign', docs: 'Gives it to another customer.', rejects: ['sunk'], schema: words.fields({ customerId: words.uuid() }) },
  SinkBoat: { permission: 'boat:delete', docs: 'Ends it.', startsProcess: true, rejects: ['sunk'], schema: words.fields({ reason: words.note() }) },
  SalvageBoat: { permission: 'boat:edit', docs: 'For processes only.', internal: true, rejects: [], schema: words.fields({}) },
  DescribeBoat: {
    permission: 'boat:edit',
    docs: 'Changes nothing: it has a field of every kind.',
    rejects: [],
    schema: words.fields({
      amount: words.optional(words.money({ signed: true })),
      at: words.optional(words.instant()),
      code: words.optional(words.code()),
      count: words.optional(words.integer({ min: 1, max: 9 })),
      country: words.optional(words.country()),
      details: words.optional(words.document()),
      due: words.optional(words.businessDate()),
      facts: words.optional(words.metadata()),
      flag: words.optional(words.flag()),
      hull: words.optional(words.oneOf(['wood', 'steel'])),
      length: words.optional(words.measurement({ min: 0, unit: 'm' })),
      link: words.optional(words.link()),
      mail: words.optional(words.email({ personal: true })),
      note: words.optional(words.note()),
      phone: words.optional(words.phone({ personal: true })),
      place: words.optional(words.position()),
      sail: words.optional(
        words.either(
          words.fields({ kind: words.oneOf(['main']), area: words.decimal() }),
          words.fields({ kind: words.oneOf(['jib']), hanks: words.integer() }),
        ),
      ),
      sister: words.optional(words.ref('boat')),
      tags: words.optional(words.list(words.text({ max: 20 }), { max: 5, unique: true })),
      zone: words.optional(words.timeZone()),
    }),
  },
});
type Boat = { readonly status: 'none' } | { readonly status: 'afloat' | 'sunk'; readonly customerId: string; readonly name: string };
const boatEvent = emit(boatEvents);
const boat: Aggregate<'boat', Boat, typeof boatCommands, typeof boatEvents> = {
  category: 'boat',
  docs: 'A boat, for tests.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: boatEvents,
  commands: boatCommands,
  initial: { status: 'none' },
  decide: {
    LaunchBoat: (state, command) => (state.status === 'none' ? [boatEvent('BoatLaunched', command)] : reject('alreadyLaunched', 'It is in the water.')),
    RenameBoat: (state, { name }) => {
      if (state.status !== 'afloat') return reject('sunk', 'It is gone.');
      if (name === 'Titanic') return reject('forbiddenName', 'That name brings bad luck.', { name });
      return state.name === name ? [] : [boatEvent('BoatRenamed', { name })];
    },
    HandOverBoat: (state, { customerId }) => (state.status === 'afloat' ? [boatEvent('BoatHandedOver', { customerId })] : reject('sunk', 'It is gone.')),
    SinkBoat: (state, { reason }) => (state.status === 'afloat' ? [boatEvent('BoatSunk', { reason })] : reject('sunk', 'It is gone.')),
    SalvageBoat: () => [],
    DescribeBoat: () => [],
  },
  evolve: {
    BoatLaunched: (_, { customerId, name }) => ({ status: 'afloat', customerId, name }),
    BoatRenamed: (state, { name }) => (state.status === 'none' ? state : { ...state, name }),
    BoatHandedOver: (state, { customerId }) => (state.status === 'none' ? state : { ...state, customerId }),
    BoatSunk: (state) => (state.status === 'none' ? state : { ...state, status: 'sunk' }),
  },
  tenantOf: (state) => (state.status === 'none' ? null : state.customerId),
  exists: (state) => state.status !== 'none',
};

/** One command, one event; its class of confidentiality is all that matters. */
const plainAggregate = <N extends string>(category: N, confidentiality: 'company' | 'restricted'): AnyAggregate => {
  const events = defineEvents({ Noted: { version: 1, docs: 'Something was written down.', schema: words.fields({ text: words.note() }) } });
  const commands = defineCommands({
    Note: { permission: `${category}:create`, docs: 'Writes something down.', creates: true, rejects: [], schema: words.fields({ text: words.note() }) },
  });
  const aggregate: Aggregate<N, { readonly texts: readonly string[] }, typeof commands, typeof events> = {
    category,
    docs: 'Notes, for tests.',
    confidentiality,
    stateVersion: 1,
    events,
    commands,
    initial: { texts: [] },
    decide: { Note: (_, { text }) => [emit(events)('Noted', { text })] },
    evolve: { Noted: (state, { text }) => ({ texts: [...state.texts, text] }) },
    tenantOf: () => null,
    exists: ({ texts }) => texts.length > 0,
  };
  return erase(aggregate);
};

export const testModel: readonly AnyAggregate[] = [erase(boat), plainAggregate('logbook', 'company'), plainAggregate('incident', 'restricted')];
