/** Requests for tests: the shipped catalogs as facts, a customer with an account, and histories that lead into each state. */
import type { DataOf, EventOf } from '../../../src/domain/kernel/aggregate.ts';
import { isRejection, type Rejection } from '../../../src/domain/kernel/rejection.ts';
import { serviceRequestCommands } from '../../../src/domain/service-request/commands.ts';
import { serviceRequest } from '../../../src/domain/service-request/decider.ts';
import type { serviceRequestEvents } from '../../../src/domain/service-request/events.ts';
import type { PresentRequest, ServiceRequest } from '../../../src/domain/service-request/state.ts';
import { Validator } from '../../../src/infrastructure/validation/validator.ts';
import { contextOf, id, type TestContext } from '../../kit/decider.ts';
import { shippedFacts } from '../../kit/shipped-catalogs.ts';

export type Name = keyof typeof serviceRequestCommands & string;
export type CommandData<K extends Name> = DataOf<(typeof serviceRequestCommands)[K]>;
export type RequestEvent = EventOf<typeof serviceRequestEvents>;

export const customerId = id('Sur');
export const accountId = id('Sur norte');
export const equipmentId = id('U1');
export const zone = 'America/Guatemala';
const validator = new Validator();

export const catalogs = shippedFacts('service-type', 'sla-policy', 'holiday', 'facility');
export const customer = (change: object = {}) => ({
  [`customer-${customerId}`]: { situation: 'active', timeZone: zone, country: 'GT', accounts: { [accountId]: { isOpen: true, timeZone: zone } }, ...change },
});
/** A unit that an account has since some instant. */
export const unit = (holder: { readonly customerId: string; readonly accountId: string } | undefined) => ({
  [`equipment-${equipmentId}`]: {
    situation: 'present',
    outId: holder === undefined ? null : id('a'),
    assignments:
      holder === undefined ? {} : { [id('a')]: { ids: { ...holder, assignmentId: id('a') }, custody: { from: '2026-01-01T06:00:00.000Z', to: null } } },
  },
});
export const person = (name: string, of: string | null = null, situation = 'active') => ({ [`user-${id(name)}`]: { situation, customerId: of } });
export const facts = {
  ...catalogs,
  ...customer(),
  ...unit({ customerId, accountId }),
  [`account-${accountId}`]: { situation: 'present', customerId },
  ...person('Ana'),
  ...person('Beto'),
};

export const details = {
  breakdown: { symptom: 'air leak' },
  tire: { positions: ['1LO'] },
  pm: { program: 'A' },
  inspection: { kind: 'annual-dot' },
  sanitarios: { quantity: 4, rentalStartDate: '2026-03-10', rentalEndDate: '2026-04-09' },
  fosas: { waterType: 'black', volumeM3: 8 },
  ptar: { designFlowM3Day: 12.5 },
  other: { description: 'a fence' },
} as const;
export type Type = keyof typeof details;
export const types = Object.keys(details) as readonly Type[];
const isAtSite = (type: Type): boolean => type === 'sanitarios' || type === 'fosas' || type === 'ptar';
export const asked = (type: Type, urgency = 'normal') => ({
  accountId,
  serviceType: type,
  urgency,
  description: 'please come',
  details: details[type],
  ...(isAtSite(type) ? { location: { street: '5a avenida 1-23' } } : { equipmentId }),
});

/** A request as commands make it, one after the other, each validated; a clock and people that the story sets. */
export class Story {
  static #told = 0;
  readonly #name: string;
  state: ServiceRequest = serviceRequest.initial as ServiceRequest;
  readonly events: RequestEvent[] = [];
  at = '2026-03-02T14:00:00.000Z';
  by = 'Ana';
  #n = 0;

  constructor() {
    Story.#told += 1;
    this.#name = `story ${Story.#told}`;
  }

  context(more: TestContext = {}) {
    this.#n += 1;
    const made = `${this.#name} ${this.#n}`;
    return contextOf({ now: this.at, actor: { kind: 'user', id: id(this.by) }, id: id('request'), newId: (n) => id(`made ${made} ${n}`), facts, ...more });
  }

  decide<K extends Name>(type: K, data: CommandData<K>, more: TestContext = {}): readonly RequestEvent[] | Rejection {
    const definition = serviceRequestCommands[type];
    const errors = validator.errorsOf(definition.schema, data);
    if (errors.length > 0) throw new Error(`${type}: ${JSON.stringify(errors)}`);
    // The boundary of types: a command of this name has this data.
    const decide = serviceRequest.decide[type] as (state: unknown, data: unknown, context: unknown) => readonly RequestEvent[] | Rejection;
    const decision = decide(this.state, data, this.context(more));
    if (isRejection(decision) && !(definition.rejects as readonly string[]).includes(decision.code))
      throw new Error(`${type} does not declare ${decision.code}`);
    return decision;
  }

  /** What it came to: a refusal's code, or the types of its events. */
  give<K extends Name>(type: K, data: CommandData<K>, more: TestContext = {}): string | readonly string[] {
    const decision = this.decide(type, data, more);
    if (isRejection(decision)) return decision.code;
    this.happen(decision);
    return decision.map((event) => event.type);
  }

  happen(events: readonly RequestEvent[]): void {
    for (const event of events) {
      const errors = validator.errorsOf(serviceRequest.events[event.type].schema, event.data);
      if (errors.length > 0) throw new Error(`${event.type}: ${JSON.stringify(errors)}`);
      const evolve = serviceRequest.evolve[event.type] as (state: unknown, data: unknown, at: unknown) => ServiceRequest;
      this.state = evolve(this.state, event.data, { id: '', occurredAt: this.at, actor: { kind: 'user', id: id(this.by) } });
      this.events.push(event);
    }
  }

  get request(): PresentRequest {
    if (this.state.situation === 'absent') throw new Error('there is no request');
    return this.state as PresentRequest;
  }
  later(minutes: number): this {
    this.at = new Date(Date.parse(this.at) + minutes * 60_000).toISOString();
    return this;
  }
  count(type: RequestEvent['type']): number {
    return this.events.filter((event) => event.type === type).length;
  }
}

/** A submitted request of a type. */
export const submitted = (type: Type, urgency = 'normal', more: TestContext = {}): Story => {
  const story = new Story();
  const outcome = story.give('SubmitRequest', asked(type, urgency), more);
  if (typeof outcome === 'string') throw new Error(`${type}: ${outcome}`);
  return story;
};

export const times = { startsAt: '2026-03-10T14:00:00.000Z', endsAt: '2026-03-10T16:00:00.000Z' };
/** The evidence that any type asks for, and a manifest that is balanced. */
export const proven = (story: Story): Story => {
  for (const mediaCategory of ['photo', 'signature', 'inspection']) story.give('AttachRequestMedia', { attachmentId: id(mediaCategory), mediaCategory });
  story.give('RecordCollection', { manifestNumber: 'M-1', volumeM3: '8.5', collectedOn: '2026-03-02' });
  story.give('RecordDisposal', { manifestNumber: 'M-1', volumeM3: '8.50', site: 'VNV-WASTE', disposedOn: '2026-03-02' });
  return story;
};
export const worked = (story: Story, name = 'W1'): Story => {
  story.give('NoteWorkOpened', { workId: id(name), workKind: 'workOrder', kind: 'repair' });
  return story;
};
/** Leads a request by the shortest way that its policy allows into a state. */
export const reach = (type: Type, status: PresentRequest['status']): Story => {
  const story = submitted(type);
  const { policy } = story.request;
  const quotationId = id('Q1');
  const go = (...steps: readonly (() => unknown)[]) => {
    for (const step of steps) {
      step();
      if (story.request.status === status) return story;
    }
    throw new Error(`${type} never gets ${status}: it is ${story.request.status}`);
  };
  if (status === 'submitted') return story;
  if (status === 'declined') return go(() => story.give('DeclineRequest', { reason: 'x' }));
  if (status === 'cancelled') return go(() => story.give('CancelRequest', { reason: 'x' }));
  return go(
    () => story.give('StartReview', {}),
    () => policy.review && [story.give('RequestManagerReview', {}), story.give('ApproveManagerReview', {}, { actor: { kind: 'user', id: id('Beto') } })],
    () => (policy.quotation || status === 'quoted' || status === 'accepted') && story.give('MarkQuoted', { quotationId }),
    () => story.request.status === 'quoted' && story.give('MarkAccepted', { quotationId }),
    () => story.request.wanted !== null && story.give('NoteUnitsPromised', story.request.wanted),
    () => (policy.schedule || status === 'scheduled') && story.give('ScheduleRequest', times),
    () => story.give('StartRequest', {}),
    () => policy.evidence.includes('work-order') && worked(story).give('NoteWorkEnded', { workId: id('W1'), workKind: 'workOrder', outcome: 'completed' }),
    () => proven(story).give('ResolveRequest', {}),
    () => story.give('CloseRequest', {}),
  );
};
