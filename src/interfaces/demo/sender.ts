/** Sends the demonstration's commands over the real path, each with an id made from its name: loading again sends nothing new. */

import { type Caller, systemCaller } from '../../application/caller.ts';
import type { CommandHandler } from '../../application/handle-command.ts';
import type { Aggregate, Commands, DataOf, Events } from '../../domain/kernel/aggregate.ts';
import { canonicalJson } from '../../domain/kernel/hash.ts';
import { uuidv5 } from '../../domain/kernel/ids.ts';

const namespace = '6a1b6b1e-33b5-5a0d-9d0b-0f6f3a6e7d10';
const inFlightMax = 24;

/** The id of something in the demonstration, the same in every load of the same seed. */
export const demoId = (name: string): string => uuidv5(namespace, name);

/** The demonstration itself, or one of its people where only they may. */
const callerFor = ({ by, as }: { readonly by?: string; readonly as?: { readonly userId: string; readonly tenant: string | null } }): Caller => {
  const system = systemCaller(by ?? 'demonstration');
  return as === undefined ? system : { ...system, actor: { kind: 'user', id: as.userId }, tenant: as.tenant };
};

/** Whether it is an answer, and no failure: the command came, and was not taken. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof Error && typeof error.cause === 'object' && error.cause !== null && 'kind' in error.cause;

export type Sent = {
  readonly id: string;
  readonly made: readonly string[];
  readonly events: readonly { readonly type: string; readonly id: string }[];
  readonly position: bigint;
};

export class DemoSender {
  readonly #commands: CommandHandler;
  readonly #clock: () => string;
  #progress: (done: number) => void;
  #done = 0;
  #position = 0n;

  constructor(parts: { readonly commands: CommandHandler; readonly clock: () => string; readonly progress: (done: number) => void }) {
    this.#commands = parts.commands;
    this.#clock = parts.clock;
    this.#progress = parts.progress;
  }

  /** From now on somebody else tells how far the work is. */
  fallSilent(): void {
    this.#progress = () => undefined;
  }
  /** The newest position that any of its commands reached. */
  get position(): bigint {
    return this.#position;
  }
  get commands(): number {
    return this.#done;
  }

  /** `key` names the command within the demonstration. Throws where it is refused: then the demonstration or a rule has changed. */
  async send<N extends string, S, C extends Commands, E extends Events, K extends keyof C & string>(
    aggregate: Aggregate<N, S, C, E>,
    command: K,
    message: {
      readonly key: string;
      readonly to: string;
      readonly data: DataOf<C[K]>;
      readonly by?: string;
      readonly as?: { readonly userId: string; readonly tenant: string | null };
      /** When it happened, where that is not now. */
      readonly at?: string;
    },
  ): Promise<Sent> {
    const commandId = uuidv5(namespace, `command:${aggregate.category}:${command}:${message.key}`);
    const outcome = await this.#commands.handle({
      commandId,
      commandHash: canonicalJson([command, message.to]),
      category: aggregate.category,
      id: message.to,
      type: command,
      caller: callerFor(message),
      at: message.at ?? this.#clock(),
      correlationId: commandId,
      causationId: commandId,
      data: message.data as Readonly<Record<string, unknown>>,
    });
    this.#done += 1;
    this.#progress(this.#done);
    if (outcome.kind === 'accepted') {
      if (outcome.position > this.#position) this.#position = outcome.position;
      return { id: outcome.id, made: outcome.made, events: outcome.events, position: outcome.position };
    }
    if (outcome.kind === 'unchanged') return { id: outcome.id, made: [], events: [], position: 0n };
    throw new Error(`the demonstration's ${command} (${message.key}) came to ${JSON.stringify(outcome)}`, { cause: outcome });
  }

  /** Does the work for every item, a bounded number at a time, in order of starting. */
  async each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < items.length) {
        const index = next;
        next += 1;
        const item = items[index];
        if (item !== undefined) await work(item, index);
      }
    };
    await Promise.all(Array.from({ length: Math.min(inFlightMax, items.length) }, worker));
  }
}
