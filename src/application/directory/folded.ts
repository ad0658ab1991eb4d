/** The states of all aggregates of one kind, folded in memory from their events. */
import type { AnyAggregate, Frozen } from '../../domain/kernel/aggregate.ts';
import type { StoredEvent } from '../ports/event-log.ts';
import { fenceEvents } from '../system-events.ts';

/** A state and the revision it is of. Replaced as a whole, so that two looks at the same record saw the same thing. */
export type Folded<S> = { readonly revision: number; readonly state: Frozen<S> };

export class FoldedStates<S> {
  readonly #aggregate: AnyAggregate;
  readonly #records = new Map<string, Folded<S>>();

  constructor(aggregate: AnyAggregate) {
    this.#aggregate = aggregate;
  }

  get(id: string): Folded<S> | undefined {
    return this.#records.get(id);
  }
  revisionOf(id: string): number {
    return this.#records.get(id)?.revision ?? -1;
  }
  entries(): IterableIterator<[string, Folded<S>]> {
    return this.#records.entries();
  }

  /** Folds an event that is newer than what is known; gives the state before and after. */
  apply(event: StoredEvent): { readonly before: Folded<S> | undefined; readonly after: Folded<S> } {
    const before = this.#records.get(event.aggregateId);
    const state = before?.state ?? this.#aggregate.initial;
    const { occurredAt, actor } = event.metadata;
    const next = Object.hasOwn(fenceEvents, event.type) ? state : this.#aggregate.evolve(state, event, { id: event.id, occurredAt, actor });
    // The boundary of types: this aggregate's fold gives this aggregate's states.
    const after: Folded<S> = { revision: event.revision, state: next as Frozen<S> };
    this.#records.set(event.aggregateId, after);
    return { before, after };
  }

  /** Changes a state without an event of its stream, as when a person is forgotten. */
  replace(id: string, state: Frozen<S>): void {
    const known = this.#records.get(id);
    if (known !== undefined) this.#records.set(id, { ...known, state });
  }
}
