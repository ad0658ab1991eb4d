/** People at work over HTTP, each with a record of its own: what was asked under which key, and what was answered. */

import { setTimeout as delay } from 'node:timers/promises';
import type { StoredEvent } from '../../src/application/ports/event-log.ts';
import { localDate } from '../../src/domain/kernel/time-zone.ts';
import { id } from '../kit/decider.ts';
import { Person, type Runtime } from '../kit/product.ts';
import { accountId, otherAccountId, slotsOf, swappedOut } from '../kit/rental.ts';

/** People think between two requests; and the logs that are checked afterwards stay short. */
const pauseMs = 10;

export type Asked = {
  readonly key: string;
  readonly path: string;
  readonly body: object;
  /** Stands in the events that this makes, and nowhere else. */
  readonly mark: string;
};
export type Answer = { readonly status: number; readonly id?: string; readonly revision?: number; readonly events?: readonly { readonly id: string }[] };
/** `answer` is absent where nobody knows what became of it. */
export type Entry = { readonly asked: Asked; answer: Answer | undefined };

const profile = { customerClass: 'enterprise', currency: 'USD', country: 'US', timeZone: 'America/Chicago' } as const;
/** By night in UTC it is still yesterday there. */
const todayIs = (): string => localDate(new Date().toISOString(), profile.timeZone);

/** The last of the units are there to be held, the others to go out and come back. */
const heldUnits = 2;
const requestOf = (client: number, n: number, units: readonly string[]) => {
  const key = `client ${client} wish ${n}`;
  const equipmentId = id(units[(client * 7 + Math.floor(n / 4)) % (units.length - heldUnits)] ?? '');
  return { key, assignmentId: id(key), equipmentId };
};

/** The n-th wish of a client: customers that are new, holds that many put on the same unit, units that go out and, two rounds later, come back. */
export const wishOf = (client: number, n: number, units: readonly string[]): Asked => {
  const { key, assignmentId, equipmentId } = requestOf(client, n, units);
  switch (n % 4) {
    case 0:
      return { key, path: 'customer/register-customer', body: { customerName: key, ...profile }, mark: key };
    case 1: {
      const unit = id(units[units.length - 1 - (n % heldUnits)] ?? '');
      return { key, path: `equipment/${unit}/place-hold`, body: { kind: 'recall', source: key }, mark: key };
    }
    case 2: {
      const body = { id: assignmentId, allocationId: slotsOf(client % 2 === 0 ? accountId : otherAccountId), equipmentId, from: todayIs() };
      return { key, path: 'assignment/request-assignment', body, mark: `assignment-${assignmentId}` };
    }
    default: {
      // The first ones name what was never asked for, and are refused.
      const before = requestOf(client, n - 9, units);
      const body = { assignmentId: before.assignmentId, returnedOn: todayIs(), ...swappedOut };
      return { key, path: `equipment/${before.equipmentId}/return-equipment`, body, mark: `"${before.assignmentId}"` };
    }
  }
};

/** A client that works until told to stop; a request that is cut off stays open in its record. */
export class Client {
  readonly record: Entry[] = [];
  /** Answers that no client should get: failures that are not told as such, or that do not say when to come back. */
  readonly wrong: string[] = [];
  /** Requests that were told to come back later. */
  turnedAway = 0;
  /** Told after every answer. */
  answered: () => void = () => undefined;
  readonly #number: number;
  readonly #units: readonly string[];
  #next = 0;

  constructor(number: number, units: readonly string[]) {
    this.#number = number;
    this.#units = units;
  }

  /** Asks once more for what was left open. */
  async askAgain(runtime: Pick<Runtime, 'httpUrl'>): Promise<void> {
    const person = await Person.signIn(runtime, 'admin');
    for (const entry of this.record) if (entry.answer === undefined) await this.#ask(person, entry);
  }

  /** First asks again for what was left open, then for more, until the product is gone or `signal` says so. */
  async work(runtime: Pick<Runtime, 'httpUrl'>, signal: AbortSignal): Promise<void> {
    try {
      await this.askAgain(runtime);
      const person = await Person.signIn(runtime, 'admin');
      while (!signal.aborted) {
        const entry: Entry = { asked: wishOf(this.#number, this.#next, this.#units), answer: undefined };
        this.#next += 1;
        this.record.push(entry);
        await this.#ask(person, entry);
        await delay(pauseMs);
      }
    } catch {
      // The product died under the request: its outcome is unknown until it is asked again.
    }
  }

  async #ask(person: Person, entry: Entry): Promise<void> {
    const { path, body, key } = entry.asked;
    const answer = await person.command(path, body, { 'Idempotency-Key': key });
    const told = (await answer.json()) as Omit<Answer, 'status'>;
    if (answer.status === 503) this.turnedAway += 1;
    if (answer.status >= 500 && (answer.status !== 503 || answer.headers.get('Retry-After') === null)) this.wrong.push(`${path}: ${JSON.stringify(told)}`);
    // 503 says that nobody knows; everything else is an answer.
    if (answer.status < 500) entry.answer = { ...told, status: answer.status };
    this.answered();
  }
}

/** How often an entry's mark stands in the log: of one command, however many events it made. */
const tracesOf = ({ asked: { mark } }: Entry, commandsByText: readonly { readonly text: string; readonly commandId: string }[]): number =>
  new Set(commandsByText.filter(({ text }) => text.includes(mark)).map(({ commandId }) => commandId)).size;

const isRequest = (event: StoredEvent) => ['CustomerRegistered', 'EquipmentHoldPlaced', 'AssignmentRequested', 'EquipmentReturned'].includes(event.type);
/** What each command said, with the end of a name made plain, so that wish 1 is not found in wish 10. */
const saidBy = (events: readonly StoredEvent[]) =>
  events.filter(isRequest).map((event) => ({ text: `${event.stream} ${JSON.stringify(Object.values(event.data))}`, commandId: event.metadata.commandId }));
const ended = ({ asked, answer }: Entry): Entry => ({ asked: { ...asked, mark: asked.mark.startsWith('client') ? `"${asked.mark}"` : asked.mark }, answer });

/** What the log says against a client's record: what was acknowledged and is not there once, and what has happened twice. */
export const mistakesIn = (record: readonly Entry[], events: readonly StoredEvent[]): readonly string[] => {
  const byId = Map.groupBy(events, (event) => event.id);
  const said = saidBy(events);
  return record.map(ended).flatMap((entry) => {
    const { asked, answer } = entry;
    const traces = tracesOf(entry, said);
    const isAccepted = answer !== undefined && answer.status < 300 && (answer.events ?? []).length > 0;
    const lost = isAccepted ? (answer.events ?? []).filter(({ id }) => byId.get(id)?.length !== 1) : [];
    const expected = answer === undefined ? [0, 1] : isAccepted ? [1] : [0];
    return [
      ...(lost.length > 0 ? [`${asked.key}: ${lost.length} acknowledged events are not there once`] : []),
      ...(expected.includes(traces) ? [] : [`${asked.key} (${answer?.status ?? 'open'}): ${traces} times in the log`]),
    ];
  });
};
