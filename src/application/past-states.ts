/** States as they were at a moment of the log: what is made of an event is then the same however late it is made, and however often. */
import type { EventLog, StoredEvent } from './ports/event-log.ts';
import { fold, type States, streamOf } from './states.ts';

export class PastStates {
  readonly #log: EventLog;
  readonly #states: States;

  constructor({ log, states }: { readonly log: EventLog; readonly states: States }) {
    this.#log = log;
    this.#states = states;
  }

  /** An event by its id, with its place in the log. Throws where the stream does not hold it. */
  async event(category: string, id: string, eventId: string): Promise<StoredEvent> {
    const found = (await this.#log.read(streamOf(category, id))).find((event) => event.id === eventId);
    if (found === undefined) throw new Error(`${streamOf(category, id)} has no event ${eventId}`);
    return found;
  }

  /** The state that the events up to a position (inclusive) fold to; nothing where it did not exist then. */
  async at(category: string, id: string, position: bigint): Promise<unknown> {
    const aggregate = this.#states.aggregateOf(category);
    const stream = streamOf(category, id);
    const events = (await this.#log.read(stream)).filter((event) => event.position <= position);
    const { state } = fold({ aggregate, id, stream, revision: -1, state: aggregate.initial, commands: new Map() }, events);
    return aggregate.exists(state) ? state : undefined;
  }
}
