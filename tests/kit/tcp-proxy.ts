/** A TCP proxy between us and a store: it can be slow, cut connections, fall silent with them open, and break off after so many bytes. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { listenOn } from './listening.ts';

/**
 * `open`: passes everything on. `refuse`: new connections are reset, those there are too. `silent`: connections stay open and nothing
 * passes (half-open). `cutAfter`: each connection is reset once so many bytes came back from the store.
 */
export type Weather =
  | { readonly kind: 'open'; readonly latencyMs?: number }
  | { readonly kind: 'refuse' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'cutAfter'; readonly bytes: number };

/** One direction: bytes that are late hold up those after them, whatever the weather is by then. */
type Lane = { waiting: number; latencyMs: number };
type Pair = { readonly inner: Socket; readonly outer: Socket; passed: number };

export class TcpProxy {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #port = 0;
  #weather: Weather = { kind: 'open' };

  private constructor(target: { readonly host: string; readonly port: number }) {
    this.#target = target;
    this.#server = createServer({ noDelay: true }, (inner) => this.#accept(inner));
  }

  /** Listens on a free port of the loopback. */
  static async to(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#port = (await listenOn(proxy.#server)).port;
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** Changes what happens to connections, also to those there are. What waited in silence passes when it is open again. */
  set(weather: Weather): void {
    this.#weather = weather;
    if (weather.kind === 'refuse') for (const pair of this.#pairs) this.#reset(pair);
    for (const { inner, outer } of this.#pairs) {
      for (const socket of [inner, outer]) weather.kind === 'silent' ? socket.pause() : socket.resume();
    }
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) this.#reset(pair);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(inner: Socket): void {
    if (this.#weather.kind === 'refuse') return void inner.resetAndDestroy();
    const outer = connect({ ...this.#target, noDelay: true });
    const pair: Pair = { inner, outer, passed: 0 };
    this.#pairs.add(pair);
    const [out, back]: readonly [Lane, Lane] = [
      { waiting: 0, latencyMs: 0 },
      { waiting: 0, latencyMs: 0 },
    ];
    inner.on('data', (bytes) => this.#later(out, () => outer.write(bytes)));
    outer.on('data', (bytes) => this.#later(back, () => this.#back(pair, bytes)));
    for (const [one, other, lane] of [
      [inner, outer, out],
      [outer, inner, back],
    ] as const) {
      one.on('error', () => this.#reset(pair));
      one.on('end', () => this.#later(lane, () => other.end()));
      one.on('close', () => this.#pairs.delete(pair));
    }
    if (this.#weather.kind === 'silent') for (const socket of [inner, outer]) socket.pause();
  }

  #back(pair: Pair, bytes: Buffer): void {
    const { inner } = pair;
    const left = this.#weather.kind === 'cutAfter' ? this.#weather.bytes - pair.passed : Number.POSITIVE_INFINITY;
    pair.passed += bytes.length;
    inner.write(bytes.length <= left ? bytes : bytes.subarray(0, Math.max(0, left)));
    if (bytes.length >= left) this.#reset(pair);
  }

  /** Timers of one length fire in the order they were set. */
  #later(lane: Lane, pass: () => void): void {
    const { kind } = this.#weather;
    const latencyMs = kind === 'open' && 'latencyMs' in this.#weather ? (this.#weather.latencyMs ?? 0) : 0;
    if (latencyMs > 0 || lane.waiting === 0) lane.latencyMs = latencyMs;
    if (lane.latencyMs === 0) {
      pass();
      return;
    }
    lane.waiting += 1;
    setTimeout(() => {
      lane.waiting -= 1;
      pass();
    }, lane.latencyMs);
  }

  #reset(pair: Pair): void {
    this.#pairs.delete(pair);
    for (const socket of [pair.inner, pair.outer]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}
