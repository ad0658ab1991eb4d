/** STATES.md, "ServiceRequest", as somebody would draw it on paper, held to the real thing over any sequence of commands. */
import { expect, test } from '@jest/globals';
import { isRejection } from '../../../src/domain/kernel/rejection.ts';
import { id } from '../../kit/decider.ts';
import { fc } from '../../kit/seed.ts';
import { type CommandData, type Name, type Story, submitted, times } from './kit.ts';

const dayMinutes = 24 * 60;
const people = ['Ana', 'Beto', 'Carla'] as const;
type Person = (typeof people)[number];
type Status = 'submitted' | 'in_review' | 'quoted' | 'accepted' | 'scheduled' | 'in_progress' | 'resolved' | 'closed' | 'declined' | 'cancelled';
type Need = { readonly quotation: boolean; readonly review: boolean; readonly schedule: boolean; readonly work: boolean };
/** The compulsory steps, from STATES.md; `work`: a completed order is the evidence. The files that other types ask for are there from the start. */
const needs: Readonly<Record<'other' | 'pm' | 'ptar', Need>> = {
  other: { quotation: false, review: false, schedule: false, work: false },
  pm: { quotation: false, review: false, schedule: true, work: true },
  ptar: { quotation: true, review: true, schedule: true, work: false },
};
const windowDays = 30;
const closingDays = 3;

type Work = { readonly kind: string; status: 'open' | 'completed' | 'cancelled' | 'earlier' };
type Paper = {
  readonly need: Need;
  status: Status;
  held: boolean;
  review: 'none' | 'pending' | 'approved' | 'rejected';
  reviewAsker: Person | null;
  quotes: Set<string>;
  accepted: string | null;
  agreed: string | null;
  works: Map<string, Work>;
  minute: number;
  closesAt: number;
  reopenUntil: number;
  resolved: number;
};
type Real = { readonly story: Story; readonly seen: Set<string> };

const open = ({ works }: Paper): readonly Work[] => [...works.values()].filter(({ status }) => status === 'open');
const early = ({ status }: Paper): boolean => status === 'submitted' || status === 'in_review';
const reviewDone = ({ need, review }: Paper): boolean => review !== 'pending' && (!need.review || review === 'approved');
const mayStart = (paper: Paper): boolean =>
  early(paper) ? !paper.need.quotation && reviewDone(paper) && !paper.need.schedule : paper.status !== 'accepted' || !paper.need.schedule;
const proven = ({ need, works }: Paper): boolean => !need.work || [...works.values()].some(({ status }) => status === 'completed' || status === 'earlier');
const resolve = (paper: Paper): void => {
  paper.status = 'resolved';
  paper.closesAt = paper.minute + closingDays * dayMinutes;
  paper.resolved += 1;
};
/** SR-7: the last open order, done, resolves it; once. */
const resolveByWork = (paper: Paper): void => {
  const isDone = [...paper.works.values()].some(({ status }) => status === 'completed');
  if (paper.status === 'in_progress' && !paper.held && open(paper).length === 0 && isDone && proven(paper)) resolve(paper);
};
const beginByWork = (paper: Paper): void => {
  if (!paper.held && mayStart(paper)) paper.status = 'in_progress';
};
const backToWork = (paper: Paper): void => {
  paper.status = 'in_progress';
  for (const work of paper.works.values()) if (work.status === 'completed') work.status = 'earlier';
};

type Verdict = 'taken' | 'nothing' | 'refused';
type Rule = (paper: Paper, by: Person) => Verdict;
/** Judges a step on paper, gives it in truth, and holds one to the other. */
class Step<K extends Name> implements fc.Command<Paper, Real> {
  readonly #type: K;
  readonly #data: CommandData<K>;
  readonly #by: Person;
  readonly #rule: Rule;
  constructor(type: K, data: CommandData<K>, by: Person, rule: Rule) {
    this.#type = type;
    this.#data = data;
    this.#by = by;
    this.#rule = rule;
  }
  check = () => true;
  toString = () => `${this.#by}: ${this.#type} ${JSON.stringify(this.#data)}`;
  run(paper: Paper, { story, seen }: Real): void {
    const verdict = this.#rule(paper, this.#by);
    story.by = this.#by;
    const decision = story.decide(this.#type, this.#data);
    const outcome: Verdict = isRejection(decision) ? 'refused' : decision.length === 0 ? 'nothing' : 'taken';
    if (!isRejection(decision)) story.happen(decision);
    const { request } = story;
    expect({ outcome, status: request.status, held: request.heldFrom !== null, review: request.review.status }).toEqual({
      outcome: verdict,
      status: paper.status,
      held: paper.held,
      review: paper.review,
    });
    const works = Object.fromEntries(Object.entries(request.works).map(([workId, { status }]) => [workId, status]));
    expect(works).toEqual(Object.fromEntries([...paper.works].map(([name, { status }]) => [id(name), status])));
    expect([story.count('RequestResolved'), [...request.quotations].sort()]).toEqual([paper.resolved, [...paper.quotes].map(id).sort()]);
    // SR-6: a state's service level is breached once.
    const breaches = story.events.flatMap((event) => (event.type === 'RequestSlaBreached' ? [event.data.entry] : []));
    expect(new Set(breaches).size).toBe(breaches.length);
    if (outcome === 'taken') seen.add(`${this.#type} ${paper.status}`);
  }
}
/** Of a person: the state lets it, and it does not rest. */
const moving =
  (
    from: readonly Status[],
    may: (paper: Paper, by: Person) => boolean,
    move: (paper: Paper, by: Person) => void,
    already: (paper: Paper) => boolean = () => false,
  ): Rule =>
  (paper, by) => {
    if (already(paper)) return 'nothing';
    if (!from.includes(paper.status) || paper.held || !may(paper, by)) return 'refused';
    move(paper, by);
    return 'taken';
  };
const always = () => true;
const to = (status: Status) => (paper: Paper) => {
  paper.status = status;
};

const judged =
  (verdict: 'approved' | 'rejected'): Rule =>
  (paper, by) => {
    if (paper.status !== 'in_review' || paper.held) return 'refused';
    if (paper.review === verdict) return 'nothing';
    // TE-10: Ana asked for the service.
    if (paper.review !== 'pending' || by === 'Ana' || by === paper.reviewAsker) return 'refused';
    paper.review = verdict;
    return 'taken';
  };
const quoted =
  (name: string): Rule =>
  (paper) => {
    if (paper.quotes.has(name) || paper.accepted === name) return 'nothing';
    if (!['in_review', 'quoted'].includes(paper.status) || !reviewDone(paper)) return 'refused';
    paper.quotes.add(name);
    paper.status = 'quoted';
    return 'taken';
  };
const accepted =
  (name: string): Rule =>
  (paper) => {
    if (paper.accepted === name && paper.status !== 'cancelled') return 'nothing';
    if (paper.status !== 'quoted' || !paper.quotes.has(name)) return 'refused';
    paper.accepted = name;
    paper.quotes.clear();
    paper.status = 'accepted';
    return 'taken';
  };
const lapsed =
  (name: string): Rule =>
  (paper) => {
    if (paper.status !== 'quoted' || !paper.quotes.delete(name)) return 'nothing';
    if (paper.quotes.size === 0) paper.status = 'in_review';
    return 'taken';
  };
const scheduled =
  (startsAt: string): Rule =>
  (paper) => {
    if (paper.status === 'scheduled') return paper.agreed === startsAt ? 'nothing' : 'refused';
    const isRipe = early(paper) ? !paper.need.quotation && reviewDone(paper) : paper.status === 'accepted' || paper.status === 'in_progress';
    if (!isRipe || paper.held) return 'refused';
    paper.status = 'scheduled';
    paper.agreed = startsAt;
    return 'taken';
  };
const reopened: Rule = (paper) => {
  if (paper.held || !['resolved', 'closed', 'declined'].includes(paper.status)) return 'refused';
  if (paper.status === 'closed' && paper.minute > paper.reopenUntil) return 'refused';
  const wasLead = paper.status === 'declined';
  backToWork(paper);
  if (wasLead) Object.assign(paper, { status: 'in_review', review: 'none', reviewAsker: null, quotes: new Set() });
  return 'taken';
};
const ended =
  (status: 'declined' | 'cancelled'): Rule =>
  (paper) => {
    if (paper.status === status) return 'nothing';
    const from = ['submitted', 'in_review', 'quoted', ...(status === 'cancelled' ? ['accepted', 'scheduled', 'in_progress'] : [])];
    if (!from.includes(paper.status) || (paper.status === 'in_progress' && open(paper).length > 0)) return 'refused';
    if (status === 'cancelled') for (const work of open(paper)) work.status = 'cancelled';
    Object.assign(paper, { status, held: false, quotes: new Set() });
    return 'taken';
  };
const held: Rule = (paper) => {
  if (paper.held) return 'nothing';
  if (!['in_review', 'quoted', 'accepted', 'scheduled', 'in_progress'].includes(paper.status)) return 'refused';
  paper.held = true;
  return 'taken';
};
const released: Rule = (paper) => {
  if (!paper.held) return paper.status === 'cancelled' ? 'refused' : 'nothing';
  paper.held = false;
  resolveByWork(paper);
  return 'taken';
};
const workOpened =
  (name: string, kind: string): Rule =>
  (paper) => {
    if (paper.works.has(name)) return paper.status === 'cancelled' ? 'refused' : 'nothing';
    // SR-2: at most one open of a kind, none after the end.
    if (['closed', 'declined', 'cancelled'].includes(paper.status) || open(paper).some((work) => work.kind === kind)) return 'refused';
    paper.works.set(name, { kind, status: 'open' });
    if (['submitted', 'in_review', 'accepted'].includes(paper.status)) beginByWork(paper);
    return 'taken';
  };
const workEnded =
  (name: string, outcome: 'completed' | 'cancelled'): Rule =>
  (paper) => {
    const work = paper.works.get(name);
    if (work?.status !== 'open') return 'nothing';
    work.status = outcome;
    if (outcome === 'completed' && open(paper).length === 0 && ['submitted', 'in_review', 'accepted', 'scheduled'].includes(paper.status)) beginByWork(paper);
    resolveByWork(paper);
    return 'taken';
  };
const workReopened =
  (name: string): Rule =>
  (paper) => {
    const work = paper.works.get(name);
    if (work === undefined || work.status === 'open' || paper.status === 'cancelled' || paper.status === 'declined') return 'nothing';
    if (open(paper).some(({ kind }) => kind === work.kind)) return 'refused';
    if (paper.status === 'resolved' || (paper.status === 'closed' && paper.minute <= paper.reopenUntil)) backToWork(paper);
    work.status = 'open';
    return 'taken';
  };
const close = (paper: Paper): void => {
  paper.status = 'closed';
  paper.reopenUntil = paper.minute + windowDays * dayMinutes;
};

class Pass implements fc.Command<Paper, Real> {
  readonly #minutes: number;
  constructor(minutes: number) {
    this.#minutes = minutes;
  }
  check = () => true;
  toString = () => `${this.#minutes} minutes pass`;
  run(paper: Paper, { story }: Real): void {
    paper.minute += this.#minutes;
    story.later(this.#minutes);
    const { status, closesAt } = story.request;
    // The deadline fires: it closes what nobody objected to.
    if (status === 'resolved' && paper.minute >= paper.closesAt) {
      story.give('CloseResolvedRequest', { closesAt: closesAt ?? '' });
      close(paper);
    }
    expect(story.request.status).toBe(paper.status);
  }
}

const by = fc.constantFrom(...people);
const step = <K extends Name>(type: K, data: CommandData<K>, rule: Rule) => by.map((who) => new Step(type, data, who, rule));
const over = <T>(values: readonly T[], make: (value: T) => fc.Arbitrary<fc.Command<Paper, Real>>) => fc.constantFrom(...values).chain(make);
const works = [
  ['W1', 'repair'],
  ['W2', 'repair'],
  ['W3', 'tire'],
] as const;
const another = { startsAt: '2026-03-11T14:00:00.000Z', endsAt: '2026-03-11T16:00:00.000Z' };
const steps: readonly fc.Arbitrary<fc.Command<Paper, Real>>[] = [
  step(
    'StartReview',
    {},
    moving(['submitted'], always, to('in_review'), ({ status }) => status === 'in_review'),
  ),
  step('RequestManagerReview', {}, (paper, who) => {
    if (paper.status !== 'in_review' || paper.held) return 'refused';
    if (paper.review === 'pending') return 'nothing';
    Object.assign(paper, { review: 'pending', reviewAsker: who });
    return 'taken';
  }),
  step('ApproveManagerReview', {}, judged('approved')),
  step('RejectManagerReview', { reason: 'too dear' }, judged('rejected')),
  over(['Q1', 'Q2'], (name) => step('MarkQuoted', { quotationId: id(name) }, quoted(name))),
  over(['Q1', 'Q2'], (name) => step('MarkAccepted', { quotationId: id(name) }, accepted(name))),
  over(['Q1', 'Q2'], (name) => step('ReturnToReview', { quotationId: id(name) }, lapsed(name))),
  over([times, another], (when) => step('ScheduleRequest', when, scheduled(when.startsAt))),
  step(
    'StartRequest',
    {},
    moving(['submitted', 'in_review', 'accepted', 'scheduled'], mayStart, to('in_progress'), ({ status }) => status === 'in_progress'),
  ),
  step(
    'ResolveRequest',
    {},
    moving(
      ['in_progress'],
      (paper) => open(paper).length === 0 && proven(paper),
      resolve,
      ({ status }) => status === 'resolved',
    ),
  ),
  step(
    'CloseRequest',
    {},
    moving(['resolved'], always, close, ({ status }) => status === 'closed'),
  ),
  step('ReopenRequest', { reason: 'again' }, reopened),
  step('DeclineRequest', { reason: 'too far' }, ended('declined')),
  step('CancelRequest', { reason: 'not needed' }, ended('cancelled')),
  step('PlaceRequestOnHold', { reason: 'rain' }, held),
  step('ReleaseRequestHold', {}, released),
  over(works, ([name, kind]) => step('NoteWorkOpened', { workId: id(name), workKind: 'workOrder', kind }, workOpened(name, kind))),
  over(works, ([name]) => step('NoteWorkEnded', { workId: id(name), workKind: 'workOrder', outcome: 'completed' }, workEnded(name, 'completed'))),
  over(works, ([name]) => step('NoteWorkEnded', { workId: id(name), workKind: 'workOrder', outcome: 'cancelled' }, workEnded(name, 'cancelled'))),
  over(works, ([name]) => step('NoteWorkReopened', { workId: id(name), workKind: 'workOrder' }, workReopened(name))),
  fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 40 * dayMinutes })).map((minutes) => new Pass(minutes)),
];

test.each(['other', 'pm', 'ptar'] as const)(
  'SR-1 SR-2 SR-6 SR-7 TE-10 any sequence of commands keeps a request of %s where a drawing on paper has it',
  (type) => {
    const seen = new Set<string>();
    const begin = (): { readonly model: Paper; readonly real: Real } => {
      const story = submitted(type);
      for (const mediaCategory of ['photo', 'signature']) story.give('AttachRequestMedia', { attachmentId: id(mediaCategory), mediaCategory });
      const nothing = {
        held: false,
        review: 'none',
        reviewAsker: null,
        accepted: null,
        agreed: null,
        minute: 0,
        closesAt: 0,
        reopenUntil: 0,
        resolved: 0,
      } as const;
      const model: Paper = { need: needs[type], status: 'submitted', ...nothing, quotes: new Set(), works: new Map() };
      if (type === 'ptar') {
        // Far along: by chance alone nobody would get there.
        story.give('StartReview', {});
        story.give('RequestManagerReview', {}, { actor: { kind: 'user', id: id('Beto') } });
        story.give('ApproveManagerReview', {}, { actor: { kind: 'user', id: id('Carla') } });
        story.give('MarkQuoted', { quotationId: id('Q1') });
        Object.assign(model, { status: 'quoted', review: 'approved', reviewAsker: 'Ana', quotes: new Set(['Q1']) });
      }
      return { model, real: { story, seen } };
    };
    fc.assert(
      fc.property(fc.commands([...steps], { maxCommands: 60, size: 'max' }), (commands) => fc.modelRun(begin, commands)),
      { numRuns: 100 },
    );
    const reached = [
      'ResolveRequest resolved',
      'NoteWorkEnded resolved',
      'ReopenRequest in_progress',
      'NoteWorkReopened in_progress',
      'CancelRequest cancelled',
    ];
    if (type === 'other') for (const each of reached) expect(seen).toContain(each);
    if (type === 'ptar') expect([...seen].some((each) => each === 'MarkAccepted accepted')).toBe(true);
  },
);
