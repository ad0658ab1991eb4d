/** From the outcome of a command to its answer: one place decides status, headers and body of each. */
import type { CommandEnvelope, CommandOutcome } from '../../../application/handle-command.ts';
import { notFound, type Problem, problem } from '../problems.ts';
import type { CommandRoute } from './command-routes.ts';

export type CommandAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
};
export type Answered = { readonly ok: true; readonly answer: CommandAnswer } | { readonly ok: false; readonly problem: Problem };
export type Asking = { readonly route: CommandRoute; readonly envelope: CommandEnvelope; readonly hasQuery: (name: string) => boolean };

/** Where the aggregate can be seen: the query of its own name, else its history. */
const locationOf = ({ route, envelope, hasQuery }: Asking): string => {
  const name = route.aggregateName;
  return hasQuery(name) ? `/queries/${name}/${envelope.id}` : `/history/${name}/${envelope.id}`;
};

const accepted = (outcome: Extract<CommandOutcome, { kind: 'accepted' }>, asking: Asking): CommandAnswer => {
  const position = outcome.position.toString();
  const isProcess = asking.route.definition.startsProcess === true;
  const { id, revision, events, made } = outcome;
  const body = { id, revision, position, events, made };
  return {
    status: isProcess ? 202 : outcome.created ? 201 : 200,
    headers: { ETag: `"${outcome.revision}"`, 'Consistency-Token': position, Location: locationOf(asking) },
    body: isProcess ? { ...body, watch: `/events/stream?correlation=${asking.envelope.correlationId}&after=${position}` } : body,
  };
};

const unchanged = (outcome: Extract<CommandOutcome, { kind: 'unchanged' }>, asking: Asking): CommandAnswer => ({
  status: 200,
  headers: { ETag: `"${outcome.revision}"`, Location: locationOf(asking) },
  body: { id: outcome.id, revision: outcome.revision, events: [] },
});

/** The problem of an outcome that is a refusal. */
export const refusalOf = (outcome: Exclude<CommandOutcome, { kind: 'accepted' | 'unchanged' }>): Problem => {
  switch (outcome.kind) {
    case 'refused': {
      const { code, message, details } = outcome.rejection;
      return { status: 409, code, title: 'Refused', detail: message, ...(details === undefined ? {} : { details }) };
    }
    case 'notFound':
      return outcome.pointer === undefined
        ? notFound()
        : { ...notFound(), errors: [{ pointer: outcome.pointer, message: 'names nothing that is there and yours' }] };
    case 'invalid':
      return problem('invalid', `${outcome.errors.length} field(s) of the body are not right.`, { errors: outcome.errors });
    case 'revisionMismatch':
      return problem('revision-mismatch', `It is at revision ${outcome.revision}.`, {
        details: { revision: outcome.revision },
        headers: outcome.revision < 0 ? {} : { ETag: `"${outcome.revision}"` },
      });
    case 'keyReused':
      return problem('idempotency-key-reused', 'This Idempotency-Key was used for another request.');
    case 'contention':
      return problem('concurrent-change', 'It was changed by others at every attempt.', { headers: { 'Retry-After': '1' } });
  }
};

export const answerOf = (outcome: CommandOutcome, asking: Asking): Answered => {
  if (outcome.kind === 'accepted') return { ok: true, answer: accepted(outcome, asking) };
  if (outcome.kind === 'unchanged') return { ok: true, answer: unchanged(outcome, asking) };
  return { ok: false, problem: refusalOf(outcome) };
};
