/**
 * Between the log's storage format and the application's events: personal fields are encrypted under their subject's key on the way in and
 * decrypted (or shown as erased) on the way out; old versions are lifted; what this program does not know is refused.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { type EventData, type EventMetadata, type NewEvent, type StoredEvent, UnreadableEvent } from '../../application/ports/event-log.ts';
import type { KeyVault } from '../../application/ports/key-vault.ts';
import { claimEvents, deadlineEvents, effectEvents, fenceEvents, numberEvents, processEvents } from '../../application/system-events.ts';
import type { AnyAggregate, EventDefinition } from '../../domain/kernel/aggregate.ts';
import { erased, personalPaths } from '../../domain/kernel/personal.ts';

/** What a store hands over: bytes parsed as JSON, not yet understood. */
export type RawEvent = {
  readonly id: string;
  readonly stream: string;
  readonly type: string;
  readonly revision: number;
  readonly position: bigint;
  readonly data: EventData;
  readonly metadata: EventMetadata;
};

type Known = { readonly definition: EventDefinition; readonly personal: readonly (readonly string[])[] };
const prefix = 'enc:1:';
const systemEvents = { ...claimEvents, ...numberEvents, ...deadlineEvents, ...processEvents, ...effectEvents };

/** `<category>-<uuid>`: the category has no dash. */
export const splitStream = (stream: string): { readonly category: string; readonly aggregateId: string } => {
  const dash = stream.indexOf('-');
  return dash < 0 ? { category: stream, aggregateId: '' } : { category: stream.slice(0, dash), aggregateId: stream.slice(dash + 1) };
};

const seal = (plain: string, key: Uint8Array): string => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return prefix + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
};
const unseal = (sealed: string, key: Uint8Array): string => {
  const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
};

/** Replaces the strings at `path` (with `*` for every item of a list) in a copy; what is absent stays absent. */
const mapPath = (value: unknown, path: readonly string[], change: (text: string) => string): unknown => {
  const [head, ...rest] = path;
  if (head === undefined) return typeof value === 'string' ? change(value) : value;
  if (head === '*') return Array.isArray(value) ? value.map((item) => mapPath(item, rest, change)) : value;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, head)) return value;
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [head]: mapPath(record[head], rest, change) };
};
const mapPaths = (data: EventData, paths: Known['personal'], change: (text: string) => string): EventData =>
  paths.reduce<EventData>((copy, path) => mapPath(copy, path, change) as EventData, data);

export class EventCodec {
  readonly #known = new Map<string, Known>();
  readonly #categories = new Set<string>();
  readonly #vault: KeyVault;

  constructor(aggregates: readonly AnyAggregate[], vault: KeyVault) {
    this.#vault = vault;
    for (const { category, events } of aggregates) {
      this.#categories.add(category);
      for (const [type, definition] of Object.entries(events))
        this.#known.set(`${category}/${type}`, { definition, personal: personalPaths(definition.schema) });
    }
  }

  /** Is this event one of ours? Other programs' streams in a shared cluster are passed over, not refused. */
  concerns(stream: string): boolean {
    const { category } = splitStream(stream);
    return this.#categories.has(category) || isSystemCategory(category);
  }

  async encode(stream: string, events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    const { category, aggregateId } = splitStream(stream);
    const sealed: NewEvent[] = [];
    for (const event of events) {
      const known = this.#known.get(`${category}/${event.type}`);
      if (known === undefined || known.personal.length === 0) {
        sealed.push(event);
        continue;
      }
      const key = await this.#vault.keyFor(subjectOf(known.definition, event.data, aggregateId));
      sealed.push({ ...event, data: mapPaths(event.data, known.personal, (plain) => (key === undefined ? erased : seal(plain, key))) });
    }
    return sealed;
  }

  /** Decodes a batch with one look at the vault. Throws `UnreadableEvent` for a type or version that this program does not know. */
  async decode(batch: readonly RawEvent[]): Promise<readonly StoredEvent[]> {
    const lifted = batch.map((raw) => this.#lift(raw));
    const subjects = new Set<string>();
    for (const { known, event } of lifted) {
      if (known !== undefined && known.personal.length > 0) subjects.add(subjectOf(known.definition, event.data, event.aggregateId));
    }
    if (subjects.size === 0) return lifted.map(({ event }) => event);
    const keys = await this.#vault.keysOf([...subjects]);
    return lifted.map(({ known, event }) => {
      if (known === undefined || known.personal.length === 0) return event;
      const key = keys.get(subjectOf(known.definition, event.data, event.aggregateId));
      const open = (text: string) => (text.startsWith(prefix) ? (key === undefined ? erased : unseal(text, key)) : text);
      return { ...event, data: mapPaths(event.data, known.personal, open) };
    });
  }

  #lift(raw: RawEvent): { readonly known: Known | undefined; readonly event: StoredEvent } {
    const { category, aggregateId } = splitStream(raw.stream);
    const event: StoredEvent = { ...raw, category, aggregateId };
    if (Object.hasOwn(fenceEvents, raw.type) || isSystemCategory(category)) {
      if (!Object.hasOwn(fenceEvents, raw.type) && !Object.hasOwn(systemEvents, raw.type))
        throw new UnreadableEvent(`unknown event ${raw.type} in ${raw.stream}`);
      return { known: undefined, event };
    }
    const known = this.#known.get(`${category}/${raw.type}`);
    if (known === undefined) throw new UnreadableEvent(`unknown event type ${raw.type} in ${raw.stream} at revision ${raw.revision}`);
    return { known, event: lift(known.definition, event) };
  }
}

const isSystemCategory = (category: string): boolean =>
  category === 'claim' || category === 'numbering' || category === 'deadline' || /^(?:process|effect)[A-Z]/.test(category);

const subjectOf = (definition: EventDefinition, data: EventData, aggregateId: string): string =>
  definition.subject === undefined ? aggregateId : String(data[definition.subject]);

const lift = (definition: EventDefinition, event: StoredEvent): StoredEvent => {
  const stored = event.metadata.schemaVersion;
  if (stored === definition.version) return event;
  if (stored > definition.version) throw new UnreadableEvent(`${event.type} version ${stored} in ${event.stream} is newer than this program`);
  let data = event.data;
  for (let version = stored; version < definition.version; version += 1) {
    const upcast = definition.upcasters?.[version];
    if (upcast === undefined) throw new UnreadableEvent(`${event.type} has no upcaster from version ${version}`);
    data = upcast(data);
  }
  return { ...event, data };
};
