/**
 * One client of `/events/stream`: history from the index, then live from the hub. Nothing is queued for it: when its connection is full it
 * leaves the live stream and, once there is room, goes on from its own position, out of the hub's ring or out of the index.
 */
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Response } from 'express';
import type { SeenEvent } from './cloud-event.ts';
import { matches } from './event-filter.ts';
import { chunkOf, type EventHub, frameOf, type LiveListener } from './event-hub.ts';
import type { EventPage, PageAsked } from './event-pages.ts';

const pageSize = 500;
const pollMs = 200;
const retryMs = 1000;

type Tools = {
  readonly hub: EventHub;
  readonly pages: (asked: PageAsked) => Promise<EventPage>;
  readonly erase: (event: SeenEvent) => SeenEvent;
  readonly failed: (error: unknown) => void;
};
export type StreamAsked = Omit<PageAsked, 'limit'>;

export class EventStream implements LiveListener {
  readonly #response: Response;
  readonly #tools: Tools;
  #asked: StreamAsked;
  #position: bigint;
  #isLive = false;
  readonly #ended = new AbortController();
  audience = '';

  constructor(response: Response, asked: StreamAsked, tools: Tools) {
    this.#response = response;
    this.#tools = tools;
    this.#asked = asked;
    this.#position = asked.after;
    this.#see(asked);
    response.once('close', () => this.end());
  }

  /** A caller whose rights have changed goes on with those it has now. */
  changeTo(asked: Pick<StreamAsked, 'caller' | 'visibility'>): void {
    if (asked.visibility.key !== this.#asked.visibility.key) this.#see({ ...this.#asked, ...asked });
    else this.#asked = { ...this.#asked, ...asked };
  }

  #see(asked: StreamAsked): void {
    this.#asked = asked;
    this.audience = `${asked.visibility.key} ${JSON.stringify(asked.filter)}`;
  }

  readonly wants = (event: SeenEvent): boolean => this.#asked.visibility.sees(event) && matches(this.#asked.filter, event);

  receive(chunk: Buffer | undefined, position: bigint): void {
    this.#position = position;
    if (chunk !== undefined && !this.#response.write(chunk)) this.#leave();
  }

  /** Tells the client that the connection is there and how far it is, so that it resumes from there also where nothing concerns it. */
  beat(): void {
    if (this.#response.writableNeedDrain || this.#response.destroyed) return;
    this.#response.write(this.#isLive && this.#position >= 0n ? `id: ${this.#position}\n:\n\n` : ':\n\n');
  }

  end(): void {
    this.#ended.abort();
    this.#leave();
  }

  /** Serves until the client goes or `end` is called. */
  async serve(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        if (this.#response.writableNeedDrain) await this.#drained();
        else if (!this.#isLive && !this.#join()) await this.#page();
        else await this.#full();
      } catch (error) {
        if (signal.aborted) return;
        this.#tools.failed(error);
        await this.#pause(retryMs);
      }
    }
  }

  /** Takes what the ring holds after our position and goes live; false, where the ring does not reach back that far. */
  #join(): boolean {
    const events = this.#tools.hub.since(this.#position);
    if (events === undefined) return false;
    const { position } = this.#tools.hub;
    const chunk = chunkOf(events, this);
    this.#position = position > this.#position ? position : this.#position;
    this.#isLive = true;
    this.#tools.hub.add(this);
    if (chunk !== undefined && !this.#response.write(chunk)) this.#leave();
    return true;
  }

  async #page(): Promise<void> {
    const { events, reaches, isFull } = await this.#tools.pages({ ...this.#asked, after: this.#position, limit: pageSize });
    if (this.#ended.signal.aborted) return;
    const wanted = events.filter(this.wants).map((event) => frameOf(this.#tools.erase(event)));
    const isMoving = reaches > this.#position;
    this.#position = reaches;
    if (wanted.length > 0) this.#response.write(Buffer.from(wanted.join(''), 'utf8'));
    if (!isFull && !isMoving && this.#tools.hub.since(this.#position) === undefined) await this.#pause(pollMs);
  }

  #leave(): void {
    this.#isLive = false;
    this.#tools.hub.remove(this);
    this.#wake?.();
  }

  #wake: (() => void) | undefined;
  /** Resolves when the stream is live no more. */
  async #full(): Promise<void> {
    if (!this.#isLive) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  async #drained(): Promise<void> {
    // Aborted or failed: the loop looks at the signal, and a broken connection closes.
    await once(this.#response, 'drain', { signal: this.#ended.signal }).catch(() => undefined);
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#ended.signal }).catch(() => undefined);
  }
}
