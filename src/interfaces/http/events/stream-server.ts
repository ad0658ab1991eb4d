/** All open event streams of this process: how many one caller may have, their heartbeats, and whether each caller may still listen. */
import { type Caller, may } from '../../../application/caller.ts';
import type { Exchange } from '../middleware/exchange.ts';
import type { HttpParts } from '../parts.ts';
import { type Problem, problem } from '../problems.ts';
import type { SeenEvent } from './cloud-event.ts';
import type { EventHub } from './event-hub.ts';
import type { EventPage, PageAsked } from './event-pages.ts';
import { EventStream } from './event-stream.ts';
import type { Visibility } from './visibility.ts';

/** A suspension ends a stream within this. */
const recheckMs = 2000;
const beatEvery = 7;

type Tools = {
  readonly hub: EventHub;
  readonly pages: (asked: PageAsked) => Promise<EventPage>;
  readonly erase: (event: SeenEvent) => SeenEvent;
  readonly visibilityOf: (caller: Caller) => Visibility;
};
type Open = { readonly stream: EventStream; readonly exchange: Exchange };

export class StreamServer {
  readonly #parts: HttpParts;
  readonly #tools: Tools;
  readonly #open = new Set<Open>();
  #timer: NodeJS.Timeout | undefined;
  #round = 0;

  constructor(parts: HttpParts, tools: Tools) {
    this.#parts = parts;
    this.#tools = tools;
  }

  /** Serves a stream until its client goes. The refusal, where the caller has too many open. */
  async open(exchange: Exchange, asked: PageAsked): Promise<Problem | undefined> {
    const { response, caller } = exchange;
    const { limits } = this.#parts;
    const mine = [...this.#open].filter((open) => open.exchange.caller.actor.id === caller.actor.id).length;
    if (mine >= limits.streamsPerCaller) {
      return problem('rate-limited', `More than ${limits.streamsPerCaller} event streams of one caller.`, { headers: { 'Retry-After': '10' } });
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
    // So that a proxy and the client know at once that it is open, and how long to wait before coming again.
    response.write('retry: 2000\n\n');
    response.socket?.setNoDelay(true);
    const release = this.#tools.hub.open();
    const failed = (error: unknown): void =>
      this.#parts.logger.warn({ correlationId: exchange.correlationId, err: error }, 'an event stream waits for a store');
    const open: Open = { exchange, stream: new EventStream(response, asked, { ...this.#tools, failed }) };
    this.#open.add(open);
    this.#count();
    try {
      await open.stream.serve();
    } finally {
      this.#open.delete(open);
      release();
      this.#count();
      response.end();
    }
    return undefined;
  }

  #count(): void {
    this.#parts.metrics.streams(this.#open.size);
    if (this.#open.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined) {
      this.#timer = setInterval(() => void this.#recheck(), recheckMs);
      this.#timer.unref();
    }
  }

  /** Asks anew for each stream whether its token still counts and what its caller sees now; every seventh round is a heartbeat. */
  async #recheck(): Promise<void> {
    this.#round += 1;
    const isBeat = this.#round % beatEvery === 0;
    for (const open of [...this.#open]) {
      await this.#recheckOne(open).catch((error: unknown) => this.#parts.logger.error({ err: error }, 'a stream could not be checked'));
      if (isBeat) open.stream.beat();
    }
  }

  async #recheckOne({ stream, exchange }: Open): Promise<void> {
    const authentication = await this.#parts.authenticate(exchange.token);
    if (authentication.ok && may(authentication.caller, this.#parts.eventIndex.permission)) {
      stream.changeTo({ caller: authentication.caller, visibility: this.#tools.visibilityOf(authentication.caller) });
      return;
    }
    // A node that is behind knows no better a moment later: nothing more is shown, and the client may come again.
    exchange.response.write(`event: end\ndata: ${JSON.stringify({ reason: authentication.ok ? 'forbidden' : authentication.reason })}\n\n`);
    stream.end();
  }
}
