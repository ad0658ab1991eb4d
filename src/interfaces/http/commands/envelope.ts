/** From a request to the command envelope: ids that a retry makes again, and a hash by which a key that is used for something else is found out. */
import { createHmac, type KeyObject, randomUUID } from 'node:crypto';
import type { Caller } from '../../../application/caller.ts';
import type { CommandEnvelope } from '../../../application/handle-command.ts';
import type { EventData } from '../../../application/ports/event-log.ts';
import { canonicalJson } from '../../../domain/kernel/hash.ts';
import { derivedId, isUuid, namespaces } from '../../../domain/kernel/ids.ts';
import { lacking } from '../middleware/exchange.ts';
import type { HttpParts } from '../parts.ts';
import { notFound, type Problem, problem } from '../problems.ts';
import type { CommandRoute } from './command-routes.ts';

/** One command as asked for. `id` is absent where the address names none; `key` and `ifMatch` are the headers as sent. */
export type Asked = {
  readonly route: CommandRoute | undefined;
  readonly id: string | undefined;
  readonly body: unknown;
  readonly key: string | undefined;
  readonly ifMatch: string | undefined;
  readonly caller: Caller;
  readonly correlationId: string;
};
export type Enveloped =
  | { readonly ok: true; readonly envelope: CommandEnvelope; readonly route: CommandRoute }
  | { readonly ok: false; readonly problem: Problem };

type Tools = Pick<HttpParts, 'validation' | 'clock' | 'newId'> & { readonly hashKey: KeyObject };
type Members = Readonly<Record<string, unknown>>;
const refused = (refusal: Problem): Enveloped => ({ ok: false, problem: refusal });
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

/** 1–255 printable characters of ASCII. */
const isKey = (key: string): boolean => /^[\x20-\x7e]{1,255}$/.test(key);

/** The refusal of what comes before the body is looked at: unknown command, id or permission. */
export const refusedBeforeBody = ({ route, id, caller }: Pick<Asked, 'route' | 'id' | 'caller'>): Problem | undefined => {
  if (route === undefined || (id === undefined && route.definition.creates !== true)) return problem('not-found', 'There is no such command.');
  return lacking(caller, route.definition.permission) ?? (id === undefined || isUuid(id) ? undefined : notFound());
};

type Taken = { readonly id: string | undefined; readonly data: unknown };
/** Takes the new aggregate's id out of the body of a create. */
const takeId = (route: CommandRoute, id: string | undefined, body: unknown): Taken => {
  if (id !== undefined || !route.takesId || !isMembers(body) || !Object.hasOwn(body, 'id')) return { id, data: body };
  const { id: named, ...data } = body;
  return { id: typeof named === 'string' ? named : '', data };
};

const revisionIn = (ifMatch: string): number | undefined => {
  const digits = /^"(\d{1,15})"$/.exec(ifMatch)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const hashOf = (told: readonly unknown[], key: KeyObject): string => createHmac('sha256', key).update(canonicalJson(told)).digest('base64url');

/** Checks permission, then schema, then headers, and makes the envelope. */
export const envelopeOf = (asked: Asked, { validation, clock, newId, hashKey }: Tools): Enveloped => {
  const { route, caller, key, ifMatch } = asked;
  const before = refusedBeforeBody(asked);
  if (route === undefined || before !== undefined) return refused(before ?? notFound());
  const { category } = route.aggregate;
  const taken = takeId(route, asked.id, asked.body);
  const errors = [
    ...(taken.id === undefined || isUuid(taken.id) ? [] : [{ pointer: '/id', message: 'must be a UUID in lower case' }]),
    ...validation.errorsOf(route.definition.schema, taken.data),
  ];
  if (errors.length > 0) return refused(problem('invalid', `${errors.length} field(s) of the body are not right.`, { errors }));
  if (key !== undefined && !isKey(key)) return refused(problem('bad-request', 'Idempotency-Key must have 1–255 printable characters.'));
  const expectedRevision = ifMatch === undefined ? undefined : revisionIn(ifMatch);
  if (ifMatch !== undefined && expectedRevision === undefined) return refused(problem('bad-request', 'If-Match must be one revision in quotes, such as "3".'));
  const actor = [caller.actor.kind, caller.actor.id];
  const id = taken.id ?? (key === undefined ? newId() : derivedId(namespaces.aggregate, [...actor, category, key]));
  const commandId = key === undefined ? randomUUID() : derivedId(namespaces.command, [...actor, category, id, key]);
  // Without a key nothing can be sent again, so there is nothing to recognise by its payload.
  const commandHash = key === undefined ? commandId : hashOf([route.type, category, id, taken.data], hashKey);
  const envelope: CommandEnvelope = {
    commandId,
    commandHash,
    category,
    id,
    type: route.type,
    caller,
    at: clock(),
    correlationId: asked.correlationId,
    causationId: commandId,
    // The boundary: the schema has held, so it is a plain object.
    data: taken.data as EventData,
    ...(expectedRevision === undefined ? {} : { expectedRevision }),
  };
  return { ok: true, envelope, route };
};
