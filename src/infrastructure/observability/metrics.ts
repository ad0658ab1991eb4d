/** Measurements for Prometheus. Labels come from closed lists (routes, command types), so their number is bounded; none names a tenant. */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Collect, gaugesOn } from './gauges.ts';

export class Metrics {
  readonly registry = new Registry();
  readonly #answers: Histogram;
  readonly #commands: Counter;
  readonly #streams: Gauge;
  readonly #asked: { readonly refresh: () => Promise<void> };

  /** `collectors`: what is measured when the text is asked for, by the part that tells it. */
  constructor(collectors: Readonly<Record<string, Collect>> = {}) {
    this.#asked = gaugesOn(this.registry, collectors);
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    this.#answers = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers,
    });
    this.#commands = new Counter({ name: 'commands_total', help: 'Commands decided, by outcome.', labelNames: ['aggregate', 'type', 'outcome'], registers });
    this.#streams = new Gauge({ name: 'event_streams_open', help: 'Open server-sent event streams.', registers });
  }

  answered(request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void {
    const { method, route, status, seconds } = request;
    this.#answers.observe({ method: knownMethods.has(method) ? method : 'other', route, status }, seconds);
  }

  commanded(command: { readonly aggregate: string; readonly type: string; readonly outcome: string }): void {
    this.#commands.inc(command);
  }

  streams(open: number): void {
    this.#streams.set(open);
  }

  /** The Prometheus text exposition format. */
  async text(): Promise<{ readonly contentType: string; readonly body: string }> {
    await this.#asked.refresh();
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
