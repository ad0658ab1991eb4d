/** A bounded hand-over between a reading and whoever takes its events: the reading pauses while it is full, the taker waits while it is empty. */
import type { RawEvent } from './event-codec.ts';
import type { Reading } from './reads.ts';

const eventsMax = 4000;

export type Taken = { readonly events: readonly RawEvent[]; readonly position: bigint };

export class HandOver {
  #events: RawEvent[] = [];
  #position: bigint | undefined;
  #wake: (() => void) | undefined;
  #reading: Reading | undefined;
  #isOver = false;
  #failure: unknown;

  /** What comes from it; it ends the hand-over with its own end. */
  from(reading: Reading): void {
    this.#reading = reading;
    reading.over.then(
      () => this.#end(undefined),
      (error: unknown) => this.#end(error),
    );
  }

  /** `raw` is nothing for an event that is passed over: the position moves all the same. */
  push(raw: RawEvent | undefined, position: bigint): void {
    if (raw !== undefined) this.#events.push(raw);
    this.#position = position;
    this.#wake?.();
    if (this.#events.length === eventsMax) this.#reading?.pause();
  }

  /**
   * All that has come since the last call, once it is so many events (0: once the position has moved) or the reading is over. Nothing at the end.
   * Throws what the reading failed by, after everything before it was taken.
   */
  async take(eventsMin: number): Promise<Taken | undefined> {
    while (!this.#isOver && (this.#position === undefined || this.#events.length < Math.min(eventsMin, eventsMax)))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    if (this.#position === undefined) {
      if (this.#failure !== undefined) throw this.#failure;
      return undefined;
    }
    const taken = { events: this.#events, position: this.#position };
    this.#events = [];
    this.#position = undefined;
    this.#reading?.resume();
    return taken;
  }

  #end(failure: unknown): void {
    this.#isOver = true;
    this.#failure = failure;
    this.#wake?.();
  }
}
