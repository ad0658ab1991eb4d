/**
 * Live events for all open streams of this process, from the one reader of the log. What just went past is kept in a bounded ring, so that a
 * stream which has read the index up to there joins without gap or repeat, and one that was slow for a moment needs no database.
 */
import type { LogReader, LogSubscription } from '../../../application/log-reader.ts';
import type { LogBatch, StoredEvent } from '../../../application/ports/event-log.ts';
import { cloudEvent, type SeenEvent } from './cloud-event.ts';

/** An event with its frame, made once however many streams get it. */
export class LiveEvent {
  readonly seen: SeenEvent;
  #frame: string | undefined;

  constructor(seen: SeenEvent) {
    this.seen = seen;
  }

  get frame(): string {
    this.#frame ??= frameOf(this.seen);
    return this.#frame;
  }
}

/** One event as a frame of Server-Sent Events (WHATWG HTML §9.2); JSON has no line breaks of its own. */
export const frameOf = (event: SeenEvent): string => `id: ${event.position}\ndata: ${JSON.stringify(cloudEvent(event))}\n\n`;

export interface LiveListener {
  /** Two listeners of one key get the same events. */
  readonly audience: string;
  readonly wants: (event: SeenEvent) => boolean;
  /** Called once a batch, also when it holds nothing for this one. `chunk` holds the frames of what it wants. */
  receive(chunk: Buffer | undefined, position: bigint): void;
}

export const seenOf = (event: StoredEvent): SeenEvent => ({
  id: event.id,
  type: event.type,
  stream: event.stream,
  category: event.category,
  aggregateId: event.aggregateId,
  revision: event.revision,
  position: event.position,
  occurredAt: event.metadata.occurredAt,
  tenant: event.metadata.tenant,
  account: event.metadata.account,
  restrictedTo: event.metadata.restrictedTo ?? null,
  actorKind: event.metadata.actor.kind,
  actorId: event.metadata.actor.id,
  correlationId: event.metadata.$correlationId,
  causationId: event.metadata.$causationId,
  data: event.data,
});

const ringEventsMax = 4096;

export class EventHub {
  readonly #reader: Pick<LogReader, 'subscribe' | 'position'>;
  readonly #erase: (event: SeenEvent) => SeenEvent;
  readonly #listeners = new Set<LiveListener>();
  #subscription: LogSubscription | undefined;
  #ring: LiveEvent[] = [];
  /** The ring holds everything after `from` up to `position`. */
  #from = 0n;
  #position = 0n;
  #users = 0;

  constructor(reader: Pick<LogReader, 'subscribe' | 'position'>, erase: (event: SeenEvent) => SeenEvent) {
    this.#reader = reader;
    this.#erase = erase;
  }

  get position(): bigint {
    return this.#position;
  }

  /** Counts a stream in: the first begins the following of the log, the last out ends it. */
  open(): () => void {
    this.#users += 1;
    if (this.#users === 1) this.#begin();
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      this.#users -= 1;
      if (this.#users === 0) this.#end();
    };
  }

  /** What came after a position, where the ring still holds all of it. */
  since(position: bigint): readonly LiveEvent[] | undefined {
    if (position < this.#from) return undefined;
    const first = this.#ring.findIndex(({ seen }) => seen.position > position);
    return first < 0 ? [] : this.#ring.slice(first);
  }

  add(listener: LiveListener): void {
    this.#listeners.add(listener);
  }
  remove(listener: LiveListener): void {
    this.#listeners.delete(listener);
  }

  #begin(): void {
    this.#from = this.#reader.position;
    this.#position = this.#from;
    this.#subscription = this.#reader.subscribe({
      name: 'event-streams',
      from: this.#from,
      handle: (batch) => this.#handle(batch),
      detached: () => this.#end(),
    });
  }

  #end(): void {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#ring = [];
    // Until it begins again the ring covers nothing, so open streams go on from the index.
    this.#from = 2n ** 63n;
    void subscription?.unsubscribe();
  }

  #handle(batch: LogBatch): void {
    const live = batch.events.map((event) => new LiveEvent(this.#erase(seenOf(event))));
    this.#ring.push(...live);
    this.#position = batch.position;
    if (this.#ring.length > ringEventsMax) {
      const dropped = this.#ring.splice(0, this.#ring.length - ringEventsMax);
      this.#from = dropped.at(-1)?.seen.position ?? this.#from;
    }
    // One chunk for all who see the same: a thousand streams of one portal cost one serialisation.
    const chunks = new Map<string, Buffer | undefined>();
    for (const listener of this.#listeners) {
      if (!chunks.has(listener.audience)) chunks.set(listener.audience, chunkOf(live, listener));
      listener.receive(chunks.get(listener.audience), batch.position);
    }
  }
}

/** The frames of the wanted events in one piece; nothing where none is wanted. */
export const chunkOf = (events: readonly LiveEvent[], { wants }: Pick<LiveListener, 'wants'>): Buffer | undefined => {
  let text = '';
  for (const event of events) if (wants(event.seen)) text += event.frame;
  return text === '' ? undefined : Buffer.from(text, 'utf8');
};
