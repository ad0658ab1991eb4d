/** Every stream of the log: revisions without a gap, every event folds. */
import type { StoredEvent } from '../../../application/ports/event-log.ts';
import { fenceEvents } from '../../../application/system-events.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { model } from '../../../domain/model.ts';
import { parts } from '../../composition/tokens.ts';
import type { Cli } from '../context.ts';
import type { Installation } from '../installation.ts';
import type { Finding } from './read-models.ts';

type Folded = { readonly revision: number; readonly state: unknown };

const problemsMax = 100;
const aggregates: ReadonlyMap<string, AnyAggregate> = new Map(model.map((aggregate) => [aggregate.category, aggregate]));

/** The state after the event, or what is wrong with it. The shell's own streams and events have no state. */
const folded = (before: Folded | undefined, event: StoredEvent): Folded | string => {
  const aggregate = aggregates.get(event.category);
  const { revision, state } = before ?? { revision: -1, state: aggregate?.initial };
  if (event.revision !== revision + 1) return `${event.stream} goes from revision ${revision} to ${event.revision}`;
  if (aggregate === undefined || Object.hasOwn(fenceEvents, event.type)) return { revision: event.revision, state };
  try {
    return {
      revision: event.revision,
      state: aggregate.evolve(state, event, { id: event.id, occurredAt: event.metadata.occurredAt, actor: event.metadata.actor }),
    };
  } catch (error) {
    return `${event.stream} does not fold at revision ${event.revision} (${event.type}): ${error instanceof Error ? error.message : String(error)}`;
  }
};

/** One reading of the log; holds the state of every stream meanwhile. */
export const verifyStreams = async ({ part }: Installation, { progress, interrupted }: Cli): Promise<Finding> => {
  const log = await part(parts.log);
  const tail = await log.tail();
  const states = new Map<string, Folded>();
  const problems: string[] = [];
  let events = 0;
  let last = -1n;
  for await (const batch of log.readAll({ signal: interrupted })) {
    for (const event of batch) {
      if (event.position <= last) problems.push(`position ${event.position} comes after ${last}`);
      last = event.position;
      const after = folded(states.get(event.stream), event);
      if (typeof after !== 'string') states.set(event.stream, after);
      else {
        if (problems.length < problemsMax) problems.push(after);
        // One mistake a stream is enough: it goes on from here.
        states.set(event.stream, { revision: event.revision, state: states.get(event.stream)?.state ?? aggregates.get(event.category)?.initial });
      }
    }
    events += batch.length;
    progress.step('folding streams', Number(last), Number(tail));
  }
  return { what: 'streams', told: `${events} events in ${states.size} streams`, problems };
};
