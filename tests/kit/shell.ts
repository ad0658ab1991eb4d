/** The real command path over any event log: one node of the fleet, with its own cache. */
import { type Caller, systemCaller } from '../../src/application/caller.ts';
import { Claims } from '../../src/application/claims.ts';
import { CommandHandler, type CommandOutcome } from '../../src/application/handle-command.ts';
import { Numbering } from '../../src/application/numbering.ts';
import type { EventLog } from '../../src/application/ports/event-log.ts';
import { ReferenceCheck } from '../../src/application/reference-check.ts';
import { States } from '../../src/application/states.ts';
import type { AnyAggregate } from '../../src/domain/kernel/aggregate.ts';
import { canonicalJson } from '../../src/domain/kernel/hash.ts';
import { uuidv5 } from '../../src/domain/kernel/ids.ts';
import { id, now } from './decider.ts';

export const installationKey = new Uint8Array(32).fill(7);

export type SendOptions = {
  /** The idempotency key; without one every call is a command of its own. */
  readonly key?: string;
  readonly expectedRevision?: number;
  readonly caller?: Caller;
  readonly at?: string;
};
export type Shell = {
  readonly states: States;
  readonly commands: CommandHandler;
  readonly send: (category: string, target: string, type: string, data: Readonly<Record<string, unknown>>, options?: SendOptions) => Promise<CommandOutcome>;
};

let sent = 0;

/** Accounts belong to whom `places` says. */
export const shellOn = (log: EventLog, aggregates: readonly AnyAggregate[], places: Readonly<Record<string, string>> = {}): Shell => {
  const states = new States(log, aggregates);
  const accounts = {
    placeOf: async (account: string) => {
      const tenant = places[account];
      return tenant === undefined ? undefined : { tenant };
    },
  };
  const commands = new CommandHandler({
    log,
    states,
    claims: new Claims(log, states, installationKey),
    numbering: new Numbering(log, states),
    references: new ReferenceCheck(states, accounts),
    pause: async () => undefined,
  });
  return {
    states,
    commands,
    send: (category, target, type, data, options = {}) => {
      sent += 1;
      const commandId = uuidv5(id('commands'), `${target}:${options.key ?? `unkeyed ${sent}`}`);
      return commands.handle({
        commandId,
        commandHash: canonicalJson([type, target, data]),
        category,
        id: target,
        type,
        caller: options.caller ?? systemCaller('test'),
        at: options.at ?? now,
        correlationId: commandId,
        causationId: commandId,
        data,
        ...(options.expectedRevision === undefined ? {} : { expectedRevision: options.expectedRevision }),
      });
    },
  };
};
