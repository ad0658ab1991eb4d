/** The newest events, kept in memory so that live readers need no query. Bounded by count and by bytes. */
import type { StoredEvent } from '../wire/stored-event.ts';

const eventsMax = 8192;
const bytesMax = 16 * 1024 * 1024;
const pageEventsMax = 512;
const pageBytesMax = 256 * 1024;

export class RecentEvents {
  #events: StoredEvent[] = [];
  #first = 0;
  #bytes = 0;

  /** Empties it; the next event added will be at `position`. */
  restart(position: number): void {
    this.#events = [];
    this.#first = position;
    this.#bytes = 0;
  }

  /** Events in order, directly after those added before. */
  add(events: readonly StoredEvent[]): void {
    for (const event of events) {
      this.#events.push(event);
      this.#bytes += event.record.length;
    }
    if (this.#events.length > 2 * eventsMax || this.#bytes > 2 * bytesMax) this.#trim();
  }

  /** A page from a position on; `undefined` when the position is older than what is kept. */
  from(position: number): readonly StoredEvent[] | undefined {
    if (position < this.#first) return undefined;
    const start = position - this.#first;
    let end = start;
    for (let bytes = 0; end < this.#events.length && end - start < pageEventsMax && bytes < pageBytesMax; end += 1)
      bytes += this.#events[end]?.record.length ?? 0;
    return this.#events.slice(start, end);
  }

  #trim(): void {
    let drop = Math.max(0, this.#events.length - eventsMax);
    for (const event of this.#events.slice(0, drop)) this.#bytes -= event.record.length;
    for (; this.#bytes > bytesMax && drop < this.#events.length; drop += 1) this.#bytes -= this.#events[drop]?.record.length ?? 0;
    this.#events = this.#events.slice(drop);
    this.#first += drop;
  }
}
