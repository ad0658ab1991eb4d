/** Events for the read models that span all aggregates: of a small model of their own, of the real one, and of nobody. */
import fc from 'fast-check';
import type { Described } from '../../projections/event-index/personal.ts';
import type { EventData, NewEvent } from '../../src/application/ports/event-log.ts';
import { defineEvents } from '../../src/domain/kernel/aggregate.ts';
import { email, fields, list, optional, text, uuid } from '../../src/domain/kernel/schema.ts';

export const holders = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222', null] as const;
/** Stands in every personal field, and nowhere else. */
export const canary = 'Rigoberta M.';

const person = fields({ name: text({ personal: true }), mails: list(email({ personal: true })) });
export const smallModel: readonly Described[] = [
  {
    category: 'equipment',
    confidentiality: 'tenant',
    events: defineEvents({ EquipmentPainted: { version: 1, docs: '', schema: fields({ colour: text(), by: optional(person), people: list(person) }) } }),
  },
  { category: 'secretPlan', confidentiality: 'company', events: defineEvents({ PlanMade: { version: 1, docs: '', schema: fields({ equipmentId: uuid() }) } }) },
  {
    category: 'incident',
    confidentiality: 'restricted',
    events: defineEvents({ IncidentReported: { version: 1, docs: '', schema: fields({ what: text() }) } }),
  },
];
const someone = { name: canary, mails: [canary, canary] };
const data: Readonly<Record<string, fc.Arbitrary<EventData>>> = {
  EquipmentPainted: fc.record({ colour: fc.constantFrom('red', 'blue') }).map(({ colour }) => ({ colour, by: someone, people: [someone, someone] })),
  PlanMade: fc.record({ equipmentId: fc.uuid() }),
  IncidentReported: fc.record({ what: fc.constantFrom('a call', 'a letter') }),
  ValueClaimed: fc.record({ kind: fc.constantFrom('vin', 'mail') }),
};
const kinds = [
  ['equipment', 'EquipmentPainted'],
  ['secretPlan', 'PlanMade'],
  ['incident', 'IncidentReported'],
  ['claim', 'ValueClaimed'],
] as const;

export type Step = { readonly stream: string; readonly event: NewEvent };
export type Facts = {
  readonly type: string;
  readonly data: EventData;
  readonly tenant?: string | null;
  readonly account?: string | null;
  readonly at?: string;
};
const hex = (n: number): string => n.toString(16).padStart(12, '0');

/** The n-th event of a test, in this stream. */
export const step = (n: number, stream: string, { type, data: content, tenant = null, account = null, at }: Facts): Step => ({
  stream,
  event: {
    id: `eeeeeeee-eeee-4eee-8eee-${hex(n)}`,
    type,
    data: content,
    metadata: {
      $correlationId: `correlation ${n}`,
      $causationId: `causation ${n}`,
      commandId: `dddddddd-dddd-4ddd-8ddd-${hex(n)}`,
      commandHash: '',
      tenant,
      account,
      actor: { kind: 'user', id: `user ${n % 3}` },
      schemaVersion: 1,
      occurredAt: at ?? new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
    },
  },
});

/** Steps of the small model and of categories it does not know. */
export const smallSteps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc
      .constantFrom(...kinds)
      .chain(([category, type]) => fc.tuple(fc.constant([category, type] as const), data[type] ?? fc.constant({}), fc.constantFrom(...holders), fc.nat(3))),
    { maxLength: 25 },
  )
  .map((chosen) =>
    chosen.map(([[category, type], content, tenant, at], n) => step(n, `${category}-aaaaaaaa-aaaa-4aaa-8aaa-${hex(at)}`, { type, data: content, tenant })),
  );
