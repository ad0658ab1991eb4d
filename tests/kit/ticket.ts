/** A small aggregate with one of everything the shell offers: a unique value, a gapless number, a guard, a deadline, a person's name. */
import { type Aggregate, defineCommands, defineEvents, emit, fact, reject } from '../../src/domain/kernel/aggregate.ts';
import { fields, instant, integer, optional, ref, text, uuid } from '../../src/domain/kernel/schema.ts';

export const ticketEvents = defineEvents({
  TicketOpened: {
    version: 1,
    docs: 'A ticket was opened.',
    schema: fields({ name: text(), holder: optional(text({ personal: true })), tenantId: optional(uuid()), remindAt: optional(instant()) }),
  },
  TicketNumbered: { version: 1, docs: 'It has a number.', schema: fields({ series: text(), number: integer({ min: 1 }) }) },
  TicketRenamed: { version: 1, docs: 'It has another name.', schema: fields({ name: text() }) },
  TicketNudged: { version: 1, docs: 'It counts nudges.', schema: fields({ by: integer() }) },
  TicketClosed: { version: 1, docs: 'It is closed; its name is free.', schema: fields({}) },
});
export const ticketCommands = defineCommands({
  OpenTicket: {
    permission: 'ticket:create',
    docs: 'Opens it.',
    creates: true,
    rejects: ['alreadyOpen', 'nameTaken'],
    schema: fields({ name: text(), holder: optional(text()), tenantId: optional(uuid()), remindAt: optional(instant()) }),
  },
  NumberTicket: { permission: 'ticket:edit', docs: 'Takes the next number.', rejects: ['closed'], schema: fields({ series: text() }) },
  RenameTicket: { permission: 'ticket:edit', docs: 'Renames it.', rejects: ['closed', 'nameTaken'], schema: fields({ name: text() }) },
  NudgeTicket: {
    permission: 'ticket:edit',
    docs: 'Adds to a count of at most 1,000.',
    rejects: ['closed', 'tooMuch'],
    schema: fields({ by: integer({ min: 1, max: 1000 }) }),
  },
  JoinTicket: {
    permission: 'ticket:edit',
    docs: 'Takes the nudges of another open ticket.',
    rejects: ['otherClosed'],
    schema: fields({ other: ref('ticket') }),
  },
  CloseTicket: { permission: 'ticket:edit', docs: 'Closes it.', rejects: [], schema: fields({}) },
});

export type Ticket =
  | { readonly status: 'absent' }
  | {
      readonly status: 'open' | 'closed';
      readonly name: string;
      readonly tenantId: string | null;
      readonly nudges: number;
      readonly numbers: readonly { readonly series: string; readonly number: number }[];
    };
export const ticketFact = fact<Ticket>('ticket');
const event = emit(ticketEvents);

export const ticket: Aggregate<'ticket', Ticket, typeof ticketCommands, typeof ticketEvents> = {
  category: 'ticket',
  docs: 'For tests of the shell.',
  confidentiality: 'tenant',
  stateVersion: 1,
  events: ticketEvents,
  commands: ticketCommands,
  initial: { status: 'absent' },
  decide: {
    OpenTicket: (state, command) => {
      if (state.status === 'absent') return [event('TicketOpened', command)];
      return state.name === command.name ? [] : reject('alreadyOpen', 'It is open.');
    },
    NumberTicket: (state, { series }, { takeNumber }) =>
      state.status === 'open' ? [event('TicketNumbered', { series, number: Math.max(1, takeNumber(series)) })] : reject('closed', 'It is closed.'),
    RenameTicket: (state, { name }) => {
      if (state.status !== 'open') return reject('closed', 'It is closed.');
      return state.name === name ? [] : [event('TicketRenamed', { name })];
    },
    NudgeTicket: (state, { by }) => {
      if (state.status !== 'open') return reject('closed', 'It is closed.');
      return state.nudges + by > 1000 ? reject('tooMuch', 'At most 1,000.') : [event('TicketNudged', { by })];
    },
    JoinTicket: (_state, { other }, { facts }) => {
      const found = ticketFact.of(facts, other);
      return found?.status === 'open' ? [event('TicketNudged', { by: found.nudges })] : reject('otherClosed', 'The other is closed.');
    },
    CloseTicket: (state) => (state.status === 'open' ? [event('TicketClosed', {})] : []),
  },
  evolve: {
    TicketOpened: (_state, { name, tenantId }) => ({ status: 'open', name, tenantId: tenantId ?? null, nudges: 0, numbers: [] }),
    TicketNumbered: (state, held) => (state.status === 'absent' ? state : { ...state, numbers: [...state.numbers, held] }),
    TicketRenamed: (state, { name }) => (state.status === 'absent' ? state : { ...state, name }),
    TicketNudged: (state, { by }) => (state.status === 'absent' ? state : { ...state, nudges: state.nudges + by }),
    TicketClosed: (state) => (state.status === 'absent' ? state : { ...state, status: 'closed' }),
  },
  guards: { JoinTicket: (_state, { other }) => [ticketFact.at(other)] },
  tenantOf: (state) => (state.status === 'absent' ? null : state.tenantId),
  exists: ({ status }) => status !== 'absent',
  claims: (state) => (state.status === 'open' ? [{ kind: 'name', scope: 'company', value: state.name }] : []),
  numbers: (state) => (state.status === 'absent' ? [] : state.numbers),
  deadlines: {
    TicketOpened: ({ remindAt }) =>
      remindAt === undefined ? [] : [{ change: 'set', name: 'nudge', dueAt: remindAt, command: 'NudgeTicket', data: { by: 1 } }],
    TicketClosed: () => [{ change: 'cancel', name: 'nudge' }],
  },
};
