/** The event surface: pages, streams and histories. */

import type { StoredEvent } from '../../../application/ports/event-log.ts';
import { claimEvents, deadlineEvents, effectEvents, fenceEvents, numberEvents, processEvents } from '../../../application/system-events.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { isUuid } from '../../../domain/kernel/ids.ts';
import { type Endpoint, type Exchange, lacking, sendJson } from '../middleware/exchange.ts';
import { kebabCase } from '../names.ts';
import type { HttpParts } from '../parts.ts';
import { notFound, type Problem, problem } from '../problems.ts';
import { reached, tellPosition } from '../queries/consistency.ts';
import { parametersIn } from '../queries/query-endpoints.ts';
import { cloudEvent, erasing, type SeenEvent } from './cloud-event.ts';
import { type ParsedFilter, parseEventParameters, positionIn, vocabularyOf } from './event-filter.ts';
import { EventHub, seenOf } from './event-hub.ts';
import { type EventPage, eventPages, type PageAsked } from './event-pages.ts';
import { changesBetween, clarityFor, isWhollyVisible, isWithheld, type Moment, momentIn, stateAt, visibleIn } from './history.ts';
import { StreamServer } from './stream-server.ts';
import { type Visibility, visibilityOf } from './visibility.ts';

const shellTypes = Object.keys({ ...claimEvents, ...deadlineEvents, ...effectEvents, ...fenceEvents, ...numberEvents, ...processEvents });
const historyMax = 1000;
const ndjson = 'application/x-ndjson';

export class EventSurface {
  readonly #parts: HttpParts;
  readonly #pages: (asked: PageAsked) => Promise<EventPage>;
  readonly #erase: <E extends Pick<SeenEvent, 'category' | 'type' | 'data'>>(event: E) => E;
  readonly #visibility: ReturnType<typeof visibilityOf>;
  readonly #historyVisibility: ReturnType<typeof visibilityOf>;
  readonly #words: ReturnType<typeof vocabularyOf>;
  readonly #aggregates: ReadonlyMap<string, AnyAggregate>;
  readonly #streams: StreamServer;

  constructor(parts: HttpParts) {
    this.#parts = parts;
    this.#pages = eventPages(parts);
    this.#erase = erasing(parts.model);
    this.#visibility = visibilityOf(parts.model, parts.restrictedEventsPermission);
    this.#historyVisibility = visibilityOf(parts.model);
    this.#words = vocabularyOf(parts.model, shellTypes);
    this.#aggregates = new Map(parts.model.map((aggregate) => [kebabCase(aggregate.category), aggregate]));
    this.#streams = new StreamServer(parts, {
      hub: new EventHub(parts.reader, this.#erase),
      pages: this.#pages,
      erase: this.#erase,
      visibilityOf: this.#visibility,
    });
  }

  /** `GET /events` */
  readonly list: Endpoint = async (exchange) => {
    const asked = this.#asked(exchange);
    if ('status' in asked) return asked;
    const behind = await reached(exchange.request, this.#parts.eventIndex.projection, this.#parts);
    if (behind !== undefined) return behind;
    const type = exchange.request.accepts(['application/json', ndjson]);
    if (type === false) return problem('not-acceptable', `It can be had as application/json, ${ndjson}.`);
    if (type === ndjson) return this.#sendLines(exchange, asked);
    const { events, reaches, isFull } = await this.#pages(asked);
    tellPosition(exchange.response, reaches.toString());
    const data = events.map((event) => cloudEvent(this.#erase(event)));
    sendJson(exchange.response, 200, { data, page: { next: reaches.toString(), isLast: !isFull } });
    return undefined;
  };

  /** `GET /events/stream` */
  readonly stream: Endpoint = async (exchange) => {
    const asked = this.#asked(exchange);
    if ('status' in asked) return asked;
    const lastId = exchange.request.headers['last-event-id'];
    const after = typeof lastId === 'string' ? positionIn(lastId) : asked.after;
    if (after === undefined) return problem('bad-request', 'Last-Event-ID must be a position.');
    return this.#streams.open(exchange, { ...asked, after });
  };

  /** `GET /history/{aggregate}/{id}`, with `asOf` or `diff` */
  readonly history: Endpoint = async (exchange) => {
    const { aggregate: name, id } = exchange.request.params;
    const aggregate = typeof name === 'string' ? this.#aggregates.get(name) : undefined;
    if (aggregate === undefined) return problem('not-found', 'There is no such aggregate.');
    const clarity = clarityFor(exchange.caller, aggregate, this.#parts.eventIndex.permission);
    if (clarity === 'none') return lacking(exchange.caller, this.#parts.eventIndex.permission);
    if (typeof id !== 'string' || !isUuid(id)) return notFound();
    const stored = await this.#parts.log.read(`${aggregate.category}-${id}`);
    const events = clarity === 'clear' ? stored : stored.map((event) => this.#erase(event));
    const visible = visibleIn(events, this.#historyVisibility(exchange.caller));
    if (visible.length === 0 || isWithheld(aggregate, stored, exchange.caller)) return notFound();
    return this.#answerHistory(exchange, { aggregate, events, visible });
  };

  async #answerHistory(exchange: Exchange, found: Found): Promise<Problem | undefined> {
    const parameters = parametersIn(exchange.request.originalUrl);
    const [asOf, diff] = [parameters.get('asOf'), parameters.get('diff')];
    const unknown = [...parameters.keys()].filter((name) => !['asOf', 'diff', 'after', 'limit'].includes(name));
    const wrong = (parameter: string, message: string): Problem => problem('bad-query', `${parameter} ${message}.`, { errors: [{ parameter, message }] });
    if (unknown[0] !== undefined) return wrong(unknown[0].slice(0, 100), 'is not known here');
    if (asOf !== null) {
      const moment = momentIn(asOf);
      return moment === undefined ? wrong('asOf', 'must be a revision, a date or an instant') : this.#sendState(exchange, found, moment);
    }
    if (diff !== null) {
      const [from, to, ...more] = diff.split('..').map(momentIn);
      return from === undefined || to === undefined || more.length > 0
        ? wrong('diff', 'must be two revisions or instants: 3..7')
        : this.#sendChanges(exchange, found, { from, to });
    }
    const after = Number(/^\d{1,9}$/.exec(parameters.get('after') ?? '')?.[0] ?? -1);
    const limit = Math.min(historyMax, Math.max(1, Number(/^\d{1,4}$/.exec(parameters.get('limit') ?? '')?.[0] ?? historyMax)));
    const rest = found.visible.filter(({ revision }) => revision > after);
    const data = rest.slice(0, limit).map((event) => cloudEvent(seenOf(event)));
    const next = rest.length > limit ? String(data.at(-1)?.revision) : null;
    sendJson(exchange.response, 200, { data, page: { next } });
    return undefined;
  }

  #sendState(exchange: Exchange, { aggregate, events }: Found, moment: Moment): Problem | undefined {
    if (!isWhollyVisible(events, moment, exchange.caller)) return notFound();
    const at = stateAt(aggregate, events, moment);
    if (!at.exists) return notFound();
    sendJson(exchange.response, 200, { data: at.state, asOf: { revision: at.revision, time: at.time } });
    return undefined;
  }

  #sendChanges(exchange: Exchange, { aggregate, events }: Found, { from, to }: { readonly from: Moment; readonly to: Moment }): Problem | undefined {
    if (!isWhollyVisible(events, from, exchange.caller) || !isWhollyVisible(events, to, exchange.caller)) return notFound();
    const [before, after] = [stateAt(aggregate, events, from), stateAt(aggregate, events, to)];
    const brief = ({ revision, time }: { readonly revision: number; readonly time: string | null }) => ({ revision, time });
    sendJson(exchange.response, 200, { data: changesBetween(before.state, after.state), from: brief(before), to: brief(after) });
    return undefined;
  }

  #asked(exchange: Exchange): (PageAsked & { readonly visibility: Visibility }) | Problem {
    const forbidden = lacking(exchange.caller, this.#parts.eventIndex.permission);
    if (forbidden !== undefined) return forbidden;
    const parsed: ParsedFilter = parseEventParameters(parametersIn(exchange.request.originalUrl), this.#words);
    if (parsed.errors.length > 0) return problem('bad-query', `${parsed.errors.length} parameter(s) are not right.`, { errors: parsed.errors });
    const { filter, after, limit } = parsed;
    return { filter, after, limit, caller: exchange.caller, visibility: this.#visibility(exchange.caller) };
  }

  /** The log from `after` to its end as the index has it, one event a line, as fast as the client takes it. */
  async #sendLines({ request, response }: Exchange, asked: PageAsked): Promise<undefined> {
    response.setHeader('Content-Type', `${ndjson}; charset=utf-8`);
    response.setHeader('Cache-Control', 'no-store');
    const hasLimit = parametersIn(request.originalUrl).has('limit');
    let { after } = asked;
    for (let isMore = true; isMore && !response.destroyed; ) {
      const page = await this.#pages({ ...asked, after, limit: hasLimit ? asked.limit : 500 });
      const lines = page.events.map((event) => `${JSON.stringify(cloudEvent(this.#erase(event)))}\n`).join('');
      after = page.reaches;
      isMore = page.isFull && !hasLimit;
      if (lines !== '' && !response.write(lines)) await drained(response);
    }
    response.end();
    return undefined;
  }
}

type Found = { readonly aggregate: AnyAggregate; readonly events: readonly StoredEvent[]; readonly visible: readonly StoredEvent[] };

const drained = (response: Exchange['response']): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
