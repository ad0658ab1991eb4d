/** Many commands in one request: each with an outcome of its own, in order. Not a transaction. */
import { fields, integer, list, optional, text } from '../../../domain/kernel/schema.ts';
import { problemOfFailure } from '../failures.ts';
import { readJson } from '../middleware/body.ts';
import { type Endpoint, type Exchange, sendJson } from '../middleware/exchange.ts';
import type { RateLimits } from '../middleware/rate-limits.ts';
import type { HttpParts } from '../parts.ts';
import { type Problem, problem, problemDocument } from '../problems.ts';
import type { Routing } from './command-endpoints.ts';
import { envelopeOf } from './envelope.ts';
import { type Answered, answerOf } from './outcome.ts';

export const batchMax = 500;
const name = () => text({ max: 100, pattern: '^[a-z0-9-]+$' });
/** `payload` is held to the command's own schema afterwards. */
export const batchEntry = fields({
  aggregate: name(),
  command: name(),
  id: optional(text({ max: 36 })),
  idempotencyKey: optional(text({ max: 255, pattern: '^[\\x20-\\x7e]+$' })),
  ifRevision: optional(integer()),
});

type Entry = { readonly aggregate: string; readonly command: string; readonly id?: string; readonly idempotencyKey?: string; readonly ifRevision?: number };
type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The entries without their payloads have the form of the schema; the first bad form refuses the whole request, before anything is done. */
const entriesOf = (
  body: unknown,
  { validation }: HttpParts,
): { readonly entries: readonly { readonly entry: Entry; readonly payload: unknown }[] } | Problem => {
  const commands = isMembers(body) && Object.keys(body).length === 1 ? body['commands'] : undefined;
  if (!Array.isArray(commands) || commands.length === 0 || commands.length > batchMax) {
    return problem('invalid', `The body must be { "commands": [1–${batchMax} commands] }.`, {
      errors: [{ pointer: '/commands', message: `must be a list of 1–${batchMax} commands` }],
    });
  }
  const split = commands.map((command: unknown) => {
    if (!isMembers(command)) return { entry: command, payload: undefined };
    const { payload, ...entry } = command;
    return { entry, payload };
  });
  const errors = validation
    .errorsOf(
      list(batchEntry, { max: batchMax }),
      split.map(({ entry }) => entry),
    )
    .map(({ pointer, message }) => ({ pointer: `/commands${pointer}`, message }));
  if (errors.length > 0) return problem('invalid', `${errors.length} field(s) of the body are not right.`, { errors });
  // The boundary: the schema above has held for each.
  return { entries: split as readonly { readonly entry: Entry; readonly payload: unknown }[] };
};

type Circumstances = Routing & { readonly exchange: Exchange };

const handleOne = async (entry: Entry, payload: unknown, parts: HttpParts, { exchange, routes, hasQuery, hashKey }: Circumstances): Promise<Answered> => {
  const enveloped = envelopeOf(
    {
      route: routes.get(`${entry.aggregate}/${entry.command}`),
      id: entry.id,
      body: payload,
      key: entry.idempotencyKey,
      ifMatch: entry.ifRevision === undefined ? undefined : `"${entry.ifRevision}"`,
      caller: exchange.caller,
      correlationId: exchange.correlationId,
    },
    { validation: parts.validation, clock: parts.clock, newId: parts.newId, hashKey },
  );
  if (!enveloped.ok) return enveloped;
  try {
    const outcome = await parts.commands.handle(enveloped.envelope);
    parts.metrics.commanded({ aggregate: enveloped.envelope.category, type: enveloped.envelope.type, outcome: outcome.kind });
    return answerOf(outcome, { route: enveloped.route, envelope: enveloped.envelope, hasQuery });
  } catch (error) {
    return { ok: false, problem: problemOfFailure(error, parts.logger, exchange.correlationId) };
  }
};

/** `POST /commands/batch`. One after the other, because a later one may need what an earlier one made. */
export const batchEndpoint =
  (parts: HttpParts, routing: Routing, limits: RateLimits): Endpoint =>
  async (exchange) => {
    const read = await readJson(exchange.request, parts);
    if (!read.ok) return read.problem;
    const checked = entriesOf(read.value, parts);
    if ('status' in checked) return checked;
    const limited = await limits.countCaller(exchange.caller, exchange.response, checked.entries.length - 1);
    if (limited !== undefined) return limited;
    const outcomes: object[] = [];
    let position: string | undefined;
    for (const [index, { entry, payload }] of checked.entries.entries()) {
      if (exchange.response.destroyed) return undefined;
      const answered = await handleOne(entry, payload, parts, { ...routing, exchange });
      position = answered.ok ? (answered.answer.headers['Consistency-Token'] ?? position) : position;
      const at = { instance: `/commands/batch#/commands/${index}`, correlationId: exchange.correlationId };
      outcomes.push(
        answered.ok
          ? { status: answered.answer.status, ...answered.answer.body }
          : { status: answered.problem.status, problem: problemDocument(answered.problem, at) },
      );
    }
    if (position !== undefined) exchange.response.setHeader('Consistency-Token', position);
    sendJson(exchange.response, 200, { isTransaction: false, outcomes });
    return undefined;
  };
