/** Events the shell itself writes: claims, numbers, deadlines, fences, processes. Part of the log's public contract like all others. */
import { defineEvents } from '../domain/kernel/aggregate.ts';
import { code, fields, instant, integer, note, optional, text, uuid } from '../domain/kernel/schema.ts';

const owner = { ownerCategory: code(), ownerId: uuid() };

/** May stand in any aggregate's stream: it only moves the revision, so that an append decided before it fails. */
export const fenceEvents = defineEvents({
  StreamFenced: {
    version: 1,
    docs: 'A claim or number of this stream was contested; appends decided before this fail.',
    schema: fields({ reason: code(), by: uuid() }),
  },
});

/** Stream `claim-<uuid of kind, scope and value>`. */
export const claimEvents = defineEvents({
  ValueClaimed: { version: 1, docs: 'A unique value is held by this owner.', schema: fields({ kind: code(), ...owner, commandId: uuid() }) },
  ClaimContested: {
    version: 1,
    docs: 'Another owner found the claim unused and asks whether its owner holds the value.',
    schema: fields({ ...owner, contender: uuid() }),
  },
});

/** Stream `numbering-<uuid of the series>`. */
export const numberEvents = defineEvents({
  NumberTaken: {
    version: 1,
    docs: 'A number of a gapless series was taken by an aggregate, or taken over from one that did not use it.',
    schema: fields({ series: text(), number: integer({ min: 1 }), ...owner, commandId: uuid() }),
  },
});

/** Stream `deadline-<uuid of aggregate and name>`. */
export const deadlineEvents = defineEvents({
  DeadlineClosed: {
    version: 1,
    docs: 'A due deadline was given to its aggregate: accepted, without effect, or refused (with the code).',
    schema: fields({ dueAt: instant(), outcome: text(), refusal: optional(code()) }),
  },
});

/** Stream `process<Name>-<uuid of the trigger>`. */
export const processEvents = defineEvents({
  StepRefused: {
    version: 1,
    docs: 'A step of a process was refused; written before anything is compensated, so that a redelivery compensates too.',
    schema: fields({ process: text(), step: code(), trigger: uuid(), refusal: code(), message: note() }),
  },
  StepUnchanged: {
    version: 1,
    docs: 'A step of a process changed nothing; written down, so that it changes nothing either when it is delivered again after things have moved on.',
    schema: fields({ process: text(), step: code(), trigger: uuid() }),
  },
});

const attempted = { effect: text(), step: code(), trigger: uuid(), category: code(), aggregateId: uuid() } as const;
/** Stream `effect<Name>-<uuid of the trigger>`. */
export const effectEvents = defineEvents({
  EffectGivenUp: {
    version: 1,
    docs: 'What was to be done outside failed this often for a reason of its own, and is left so that others are not held back. `failure` is the kind of error; what it said stands in the program’s own log.',
    schema: fields({ ...attempted, tries: integer({ min: 1 }), failure: text({ max: 200 }) }),
  },
  EffectRepeated: { version: 1, docs: 'Somebody asks that what was given up be tried again.', schema: fields(attempted) },
});
