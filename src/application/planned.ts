/** What a decision comes to: the events as they will be stored, and the state after them. */
import type { AnyAggregate } from '../domain/kernel/aggregate.ts';
import { uuidv5 } from '../domain/kernel/ids.ts';
import { restrictionOf, seesAggregate } from './caller.ts';
import type { CommandEnvelope } from './handle-command.ts';
import { viewPermissionOf } from './permissions.ts';
import type { EventData, NewEvent } from './ports/event-log.ts';
import type { Loaded } from './states.ts';

export type Planned = {
  readonly kind: 'append';
  readonly loaded: Loaded;
  readonly events: readonly NewEvent[];
  readonly after: Loaded;
  /** How many ids were asked for that the events may hold. */
  readonly madeIds: number;
};
type Decided = {
  readonly loaded: Loaded;
  readonly decision: readonly { readonly type: string; readonly data: unknown }[];
  readonly madeIds: number;
};

/** What follows from an event of a restricted class, in processes and deadlines, is restricted by its event. */
const ofClass = (aggregate: AnyAggregate): string | undefined => (aggregate.confidentiality === 'restricted' ? viewPermissionOf(aggregate) : undefined);

/** Nothing where the decision would create what its caller does not see. */
export const planned = (envelope: CommandEnvelope, { loaded, decision, madeIds }: Decided): Planned | undefined => {
  const { aggregate, id, state } = loaded;
  const at = { occurredAt: envelope.at, actor: envelope.caller.actor };
  const ids = decision.map((_, index) => uuidv5(envelope.commandId, `event:${index}`));
  const after = decision.reduce<unknown>((folded, event, index) => aggregate.evolve(folded, event, { ...at, id: ids[index] ?? '' }), state);
  const tenant = aggregate.tenantOf(after, id) ?? aggregate.tenantOf(state, id);
  const account = aggregate.accountOf(after, id) ?? aggregate.accountOf(state, id);
  const restrictedTo = restrictionOf(aggregate, after) ?? restrictionOf(aggregate, state) ?? ofClass(aggregate);
  if (loaded.revision === -1 && !seesAggregate(envelope.caller, { aggregate, state: after, id })) return undefined;
  const events = decision.map(
    (event, index): NewEvent => ({
      id: ids[index] ?? '',
      type: event.type,
      // The boundary where a validated event of the model becomes plain data.
      data: event.data as EventData,
      metadata: {
        $correlationId: envelope.correlationId,
        $causationId: envelope.causationId,
        commandId: envelope.commandId,
        commandHash: envelope.commandHash,
        ...(aggregate.events[event.type]?.isCompanysOwn === true ? { tenant: null, account: null } : { tenant, account }),
        ...(restrictedTo === undefined ? {} : { restrictedTo }),
        actor: envelope.caller.actor,
        schemaVersion: aggregate.events[event.type]?.version ?? 1,
        occurredAt: envelope.at,
      },
    }),
  );
  return { kind: 'append', loaded, events, after: { ...loaded, state: after, revision: loaded.revision + events.length }, madeIds };
};
