/**
 * A running group: reads its source ahead within its buffers, hands messages to consumers, takes back what they refuse or forget, parks what
 * fails too often, and remembers how far everything is done. Delivery is at least once.
 */
import type { Call } from '../grpc/call.ts';
import { groupIsFull } from '../grpc/failure.ts';
import type { Store } from '../read/context.ts';
import { Checkpoint } from './checkpoint.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import { Throughput } from './measurements.ts';
import { type GroupConfig, keyText, type Message, messageOf, strategyNames } from './model.ts';
import { type Source, sourceOf } from './source.ts';
import { type Strategy, strategyOf } from './strategies.ts';
import { loadCheckpoint, loadParked, park, truncateParked } from './system-streams.ts';

export type NackAction = 'unknown' | 'park' | 'retry' | 'skip' | 'stop';
type InFlight = { readonly message: Message; readonly consumer: Consumer; readonly sinceMs: number };

export type GroupProgress = {
  readonly isLive: boolean;
  readonly isReplaying: boolean;
  readonly bufferCount: number;
  readonly retryCount: number;
  readonly inFlightCount: number;
  readonly lastCheckpoint: number | undefined;
  readonly lastKnown: number | undefined;
};

export class Group {
  readonly config: GroupConfig;
  readonly consumers = new Set<Consumer>();
  readonly throughput = new Throughput(Date.now());
  readonly #store: Store;
  readonly #source: Source;
  readonly #strategy: Strategy;
  readonly #checkpoint: Checkpoint;
  readonly #unwatch: () => void;
  #buffer: Message[] = [];
  #retries: Message[] = [];
  readonly #inFlight = new Map<string, InFlight>();
  /** Being written to the parked stream: not done before that is durable. */
  readonly #parking = new Set<Message>();
  #next: number;
  #doneNext: number;
  #lastKnown: number | undefined;
  #isLive = false;
  #isReplaying = false;
  #isStopped = false;
  #isPumping = false;
  #isNudged = false;

  constructor(store: Store, config: GroupConfig) {
    this.#store = store;
    this.config = config;
    this.#source = sourceOf(store, config);
    this.#strategy = strategyOf(strategyNames.find((name) => name === config.settings.strategy) ?? 'RoundRobin');
    const done = loadCheckpoint(store, config.key);
    this.#next = done === undefined ? (config.start === -1 ? this.#source.end() : config.start) : done + 1;
    this.#doneNext = this.#next;
    this.#checkpoint = new Checkpoint(store, config, { done: this.#next - 1, isStored: done !== undefined });
    this.#unwatch = store.signals.watch(this.#source.topic, () => this.#nudge());
    this.#nudge();
  }

  /** Connects a consumer; throws when the group has all it may have. */
  attach(call: Call, options: ConsumerOptions): Consumer {
    const { maxSubscriberCount } = this.config.settings;
    if (maxSubscriberCount > 0 && this.consumers.size >= maxSubscriberCount) throw groupIsFull(this.config.key);
    const consumer = new Consumer(call, options);
    this.consumers.add(consumer);
    this.#strategy.added(consumer);
    call.onClose(() => this.#detach(consumer));
    return consumer;
  }

  /** Called after the confirmation was sent. */
  start(): void {
    this.#nudge();
  }

  acknowledge(consumer: Consumer, ids: readonly string[]): void {
    for (const id of ids) {
      const taken = this.#take(consumer, id);
      if (taken !== undefined) consumer.latencies.add(Date.now() - taken.sinceMs);
    }
    this.#nudge();
  }

  refuse(consumer: Consumer, refused: { readonly ids: readonly string[]; readonly action: NackAction; readonly reason: string }): void {
    for (const id of refused.ids) {
      const taken = this.#take(consumer, id);
      if (taken === undefined) continue;
      if (refused.action === 'park') this.#park(taken.message, `Client explicitly NAK'ed message.\n${refused.reason}`);
      else if (refused.action === 'retry' || refused.action === 'unknown') this.#retry(taken.message);
    }
    this.#nudge();
  }

  /** Delivers parked messages before `stopAt` once more, then forgets that they were parked. A second replay at the same time does nothing. */
  async replayParked(stopAt: number | undefined): Promise<void> {
    if (this.#isReplaying) return;
    this.#isReplaying = true;
    try {
      const { messages, stop } = loadParked(this.#store, this.config.key, stopAt);
      if (messages.length === 0) return;
      this.#retries = [...messages, ...this.#retries];
      this.#nudge();
      await truncateParked(this.#store, this.config.key, stop);
    } finally {
      this.#isReplaying = false;
    }
  }

  /** Once a second: messages that nobody answered for too long, and the checkpoint's clock. */
  tick(nowMs: number): void {
    const { messageTimeoutMs } = this.config.settings;
    const overdue = messageTimeoutMs <= 0 ? [] : [...this.#inFlight.values()].filter(({ sinceMs }) => nowMs - sinceMs > messageTimeoutMs);
    for (const { message, consumer } of overdue) if (this.#take(consumer, message.id) !== undefined) this.#retry(message);
    this.#checkpoint.consider(this.#donePlace(), { nowMs, isTick: true });
    if (overdue.length > 0) this.#nudge();
  }

  /** Stops delivering. With `isDropping` consumers are told that the group was dropped under them. */
  stop(isDropping: boolean): void {
    this.#isStopped = true;
    this.#unwatch();
    if (isDropping) for (const consumer of [...this.consumers]) consumer.drop(this.config.key);
    this.consumers.clear();
  }

  progress(): GroupProgress {
    return {
      isLive: this.#isLive,
      isReplaying: this.#isReplaying,
      bufferCount: this.#buffer.length,
      retryCount: this.#retries.length,
      inFlightCount: this.#inFlight.size,
      lastCheckpoint: this.#checkpoint.stored,
      lastKnown: this.#lastKnown,
    };
  }

  get name(): string {
    return keyText(this.config.key);
  }

  #detach(consumer: Consumer): void {
    if (!this.consumers.delete(consumer)) return;
    this.#strategy.removed(consumer);
    const lost = [...this.#inFlight.values()].filter((held) => held.consumer === consumer);
    for (const { message } of lost) {
      this.#inFlight.delete(message.id);
      this.#retry(message);
    }
    this.#nudge();
  }

  #take(consumer: Consumer, id: string): InFlight | undefined {
    const held = this.#inFlight.get(id);
    if (held === undefined || held.consumer !== consumer) return undefined;
    this.#inFlight.delete(id);
    consumer.inFlight -= 1;
    return held;
  }

  /** Retried messages go before new ones, in the order of the source; replayed ones keep their place at the front. */
  #retry(message: Message): void {
    const { maxRetryCount } = this.config.settings;
    if (message.retryCount >= maxRetryCount) {
      this.#park(message, `Reached retry count of ${maxRetryCount}`);
      return;
    }
    const again = { ...message, retryCount: message.retryCount + 1 };
    const later = this.#retries.findIndex((other) => !other.isReplayed && other.sequence > message.sequence);
    this.#retries.splice(message.isReplayed ? 0 : later < 0 ? this.#retries.length : later, 0, again);
  }

  #park(message: Message, reason: string): void {
    this.#parking.add(message);
    park(this.#store, this.config.key, { message, reason })
      .catch(() => {
        // It could not be written, so it stays to be delivered.
        this.#retries.push(message);
      })
      .finally(() => {
        this.#parking.delete(message);
        this.#nudge();
      });
  }

  /** Everything up to this place was acknowledged, skipped, parked or not wanted. */
  #donePlace(): number {
    let lowest = this.#buffer[0]?.sequence ?? this.#doneNext;
    const outstanding = [...Array.from(this.#inFlight.values(), ({ message }) => message), ...this.#retries, ...this.#parking];
    for (const message of outstanding) if (!message.isReplayed && message.sequence < lowest) lowest = message.sequence;
    return lowest - 1;
  }

  #nudge(): void {
    this.#isNudged = true;
    if (this.#isPumping || this.#isStopped) return;
    this.#isPumping = true;
    this.#pump()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isPumping = false;
        if (this.#isNudged) this.#nudge();
      });
  }

  /** The source cannot be read (a damaged record): consumers are told, and may come back. */
  #fail(error: unknown): void {
    this.#isNudged = false;
    for (const consumer of [...this.consumers]) consumer.call.fail(error);
  }

  async #pump(): Promise<void> {
    while (this.#isNudged && !this.#isStopped) {
      this.#isNudged = false;
      await this.#source.refresh();
      if (this.#fill()) this.#isNudged = true;
      this.#pushAll();
      this.#checkpoint.consider(this.#donePlace(), { nowMs: Date.now(), isTick: false });
      await new Promise<void>((resume) => setImmediate(resume));
    }
  }

  /** Reads one batch ahead; false at the end of the source or when the buffer is full. */
  #fill(): boolean {
    const { historyBufferSize, readBatchSize } = this.config.settings;
    if (this.#buffer.length >= Math.max(1, historyBufferSize)) return false;
    const page = this.#source.read(this.#next, Math.max(1, readBatchSize));
    for (const { resolved, sequence } of page.events) {
      this.#buffer.push(messageOf(resolved, { sequence, isReplayed: false }));
      this.#lastKnown = sequence;
    }
    this.#next = page.next;
    this.#doneNext = Math.max(this.#doneNext, page.doneNext);
    this.#isLive = page.isEnd;
    return !page.isEnd;
  }

  #pushAll(): void {
    this.#retries = this.#push(this.#retries);
    this.#buffer = this.#push(this.#buffer);
  }

  /** Pushes what can be pushed, in order, and answers the rest. */
  #push(messages: readonly Message[]): Message[] {
    const left: Message[] = [];
    for (const [index, message] of messages.entries()) {
      const choice = this.consumers.size === 0 ? 'full' : this.#strategy.choose(message);
      if (choice === 'full') return [...left, ...messages.slice(index)];
      if (choice === 'wait') {
        left.push(message);
        continue;
      }
      this.throughput.count();
      choice.push(message);
      // The same id twice in flight: clients could not tell which one they acknowledge, so only the first is tracked.
      if (this.#inFlight.has(message.id)) continue;
      this.#inFlight.set(message.id, { message, consumer: choice, sinceMs: Date.now() });
      choice.inFlight += 1;
    }
    return left;
  }
}
