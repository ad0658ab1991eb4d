/** What holds for every aggregate of the model, whatever it is about. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyAggregate } from '../../src/domain/kernel/aggregate.ts';
import { isRejection } from '../../src/domain/kernel/rejection.ts';
import { model } from '../../src/domain/model.ts';
import { Validator } from '../../src/infrastructure/validation/validator.ts';
import { seed } from '../kit/seed.ts';
import { type Decided, live, stepsOf, worldOf } from './walks.ts';

const numRuns = Number(process.env['LAW_RUNS'] ?? 60);
const stepsMax = 40;
const validator = new Validator();
const world = worldOf(seed);

const errorsOf = ({ events }: AnyAggregate, type: string, data: unknown): unknown => {
  const definition = events[type];
  return definition === undefined ? 'is no event of this aggregate' : validator.errorsOf(definition.schema, data);
};

/** Its events are the model's, and valid; a refusal is declared, and says why in a sentence. */
const isWellFormed = ({ aggregate, type, data, decision }: Decided): void => {
  const definition = aggregate.commands[type];
  if (definition === undefined) throw new Error(`no command ${type}`);
  expect({ type, errors: validator.errorsOf(definition.schema, data) }).toEqual({ type, errors: [] });
  if (isRejection(decision)) {
    expect({ type, rejects: definition.rejects }).toEqual({ type, rejects: expect.arrayContaining([decision.code]) });
    expect(decision.message).toMatch(/^\S.*[.?!]$/s);
    return;
  }
  for (const event of decision) expect({ type: event.type, errors: errorsOf(aggregate, event.type, event.data) }).toEqual({ type: event.type, errors: [] });
};

/** The same question gets the same answer: nothing is drawn, read or remembered. */
const isPure = ({ aggregate, type, data, before, context, decision }: Decided): void => {
  expect(aggregate.decide(type, before, data, context)).toEqual(decision);
};

/** Whose it is, what it claims and what falls due can be told of every state; what falls due is a command that it knows. */
const canBeAsked = ({ aggregate, id, after, decision }: Decided): void => {
  for (const ask of [aggregate.tenantOf, aggregate.accountOf, aggregate.claims, aggregate.numbers] as const) ask(after, id);
  aggregate.shared(after);
  if (isRejection(decision)) return;
  for (const event of decision) {
    for (const change of aggregate.deadlines(event, id)) {
      if (change.change === 'cancel') continue;
      const definition = aggregate.commands[change.command];
      if (definition === undefined) throw new Error(`${event.type} sets a deadline for ${change.command}, which is no command`);
      expect({ command: change.command, errors: validator.errorsOf(definition.schema, change.data) }).toEqual({ command: change.command, errors: [] });
    }
  }
};

/**
 * What says something more each time it is said (the same command sent again is known by its id, and never reaches the decision):
 * another one of many, more or less of something, or another attempt.
 */
const saidAnew: ReadonlySet<string> = new Set([
  ...['AddAddress', 'AddContact', 'AddCustomerDocument', 'AddEquipmentDocument', 'AddLegalEntity', 'AddLine', 'AddQuickLink', 'AddSchedule', 'BeginVersion'],
  ...['AllowUnits', 'GrantUnits', 'LowerAllowance', 'ReduceGrant', 'RenewAgreement', 'RenewSchedule'],
  ...['RecordApprovalRequest', 'RecordIdentitySync', 'RecordInvitationMail', 'RecordRoleSync'],
  ...['RequestIdentitySync', 'RequestInvitationMail', 'RequestRoleSync'],
]);
/** An effect that holds already is not brought about again: the command gives nothing, or says that it is too late. */
const isRepeatable = ({ aggregate, type, data, context, decision, after }: Decided): void => {
  if (isRejection(decision) || decision.length === 0) return;
  // The shell answers by itself for what is gone.
  if (!aggregate.exists(after) && aggregate.commands[type]?.creates !== true) return;
  const again = aggregate.decide(type, after, data, context);
  if (isRejection(again)) expect(aggregate.commands[type]?.rejects).toContain(again.code);
  else if (!saidAnew.has(type)) expect({ type, data, again }).toEqual({ type, data, again: [] });
};

/** Situations that nothing leads out of (STATES.md). */
const ends: Readonly<Record<string, readonly string[]>> = {
  agreement: ['discarded', 'terminated'],
  apiClient: ['revoked'],
  attachment: ['removed'],
  customer: ['closed'],
  equipment: ['retired'],
  equipmentAddon: ['retired'],
  geofence: ['archived'],
  inspection: ['removed'],
  iotDevice: ['retired'],
  maintenance: ['ended'],
  notificationGroup: ['retired'],
  role: ['retired'],
  session: ['over'],
  user: ['rejected', 'withdrawn', 'deactivated'],
};
const situationOf = (state: unknown): unknown =>
  typeof state !== 'object' || state === null
    ? undefined
    : (Reflect.get(state, 'lifecycle') ?? Reflect.get(state, 'situation') ?? Reflect.get(state, 'status'));
/** What has ended stays so, whatever is asked of it. */
const isAbsorbing = ({ aggregate, type, before, after }: Decided): void => {
  const situation = situationOf(before);
  if (typeof situation !== 'string' || ends[aggregate.category]?.includes(situation) !== true) return;
  expect({ type, situation: situationOf(after) }).toEqual({ type, situation });
};

/** The commands that changed something in some life. */
const accepted = new Set<string>();

describe.each(model.map((aggregate) => [aggregate.category, aggregate] as const))('%s', (_category, aggregate) => {
  const laws = [isWellFormed, isPure, canBeAsked, isRepeatable, isAbsorbing];

  test('whatever it is asked, in any order and with any facts: it answers, its events are valid, and a repeat gives nothing', () => {
    fc.assert(
      fc.property(stepsOf(aggregate, stepsMax), (steps) => {
        live(aggregate, steps, {
          world,
          seen: (decided) => {
            if (!isRejection(decided.decision) && decided.decision.length > 0) accepted.add(decided.type);
            for (const law of laws) law(decided);
          },
        });
      }),
      { numRuns },
    );
  });
});

test('these lives reach most of what can happen: lives in which nothing happens would prove nothing', () => {
  const all = model.flatMap(({ commands }) => Object.keys(commands));
  expect(accepted.size).toBeGreaterThan(all.length / 3);
});
