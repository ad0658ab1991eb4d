/** The endpoints of all commands: one function, whatever the command. */
import type { KeyObject } from 'node:crypto';
import { readJson } from '../middleware/body.ts';
import { type Endpoint, type Exchange, sendJson } from '../middleware/exchange.ts';
import type { HttpParts } from '../parts.ts';
import type { Problem } from '../problems.ts';
import type { CommandRoute } from './command-routes.ts';
import { type Asked, envelopeOf, refusedBeforeBody } from './envelope.ts';
import { answerOf } from './outcome.ts';

export type Routing = {
  /** The installation's secret, prepared once for keyed hashes. */
  readonly hashKey: KeyObject;
  readonly routes: ReadonlyMap<string, CommandRoute>;
  readonly hasQuery: (name: string) => boolean;
};

const parameter = (exchange: Exchange, name: string): string | undefined => {
  const value: unknown = exchange.request.params[name];
  return typeof value === 'string' ? value : undefined;
};
const header = (exchange: Exchange, name: string): string | undefined => {
  const value = exchange.request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
};

/** `POST /commands/{aggregate}/{command}` and `POST /commands/{aggregate}/{id}/{command}`. */
export const commandEndpoint =
  (parts: HttpParts, { routes, hasQuery, hashKey }: Routing): Endpoint =>
  async (exchange): Promise<Problem | undefined> => {
    const { caller, correlationId } = exchange;
    const { validation, clock, newId } = parts;
    const asked: Omit<Asked, 'body'> = {
      route: routes.get(`${parameter(exchange, 'aggregate')}/${parameter(exchange, 'command')}`),
      id: parameter(exchange, 'id'),
      key: header(exchange, 'idempotency-key'),
      ifMatch: header(exchange, 'if-match'),
      caller,
      correlationId,
    };
    const before = refusedBeforeBody(asked);
    if (before !== undefined) return before;
    const read = await readJson(exchange.request, parts);
    if (!read.ok) return read.problem;
    const enveloped = envelopeOf({ ...asked, body: read.value }, { validation, clock, newId, hashKey });
    if (!enveloped.ok) return enveloped.problem;
    const { envelope, route } = enveloped;
    const outcome = await parts.commands.handle(envelope);
    parts.metrics.commanded({ aggregate: envelope.category, type: envelope.type, outcome: outcome.kind });
    const answered = answerOf(outcome, { route, envelope, hasQuery });
    if (!answered.ok) return answered.problem;
    for (const [name, value] of Object.entries(answered.answer.headers)) exchange.response.setHeader(name, value);
    sendJson(exchange.response, answered.answer.status, answered.answer.body);
    return undefined;
  };
