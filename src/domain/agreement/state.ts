import { type Evolve, type Frozen, fact } from '../kernel/aggregate.ts';
import { canonicalJson } from '../kernel/hash.ts';
import type { agreementEvents } from './events.ts';

export type Rate = { readonly from: string; readonly rate: { readonly amount: string; readonly currency: string }; readonly per: string };
export type Grant = { readonly accountId: string; readonly units: number };
export type Line = {
  readonly equipmentType: string;
  readonly numberOfUnits: number;
  readonly from: string;
  readonly until: string | null;
  /** In the order they start. */
  readonly rates: readonly Rate[];
  /** By allocation. */
  readonly grants: Readonly<Record<string, Grant>>;
};
export type Schedule = {
  readonly status: 'draft' | 'active' | 'expired' | 'terminated' | 'discarded';
  readonly effectiveDate: string;
  readonly endDate: string | null;
  readonly contractType: string;
  readonly lines: Readonly<Record<string, Line>>;
  readonly documents: readonly string[];
};
export type Terms = { readonly billingMethod: string; readonly paymentDays: number; readonly holdoverFactor: string; readonly notes?: string };
type Present = {
  readonly status: 'draft' | 'active' | 'expired' | 'terminated' | 'discarded';
  readonly customerId: string;
  readonly content: string;
  readonly effectiveDate: string;
  readonly termMonths: number;
  readonly endDate: string | null;
  readonly isEvergreen: boolean;
  readonly currency: string;
  readonly timeZone: string;
  /** The terms first agreed, then each amendment's, in the order they take effect. */
  readonly terms: readonly { readonly from: string; readonly terms: Terms }[];
  readonly documents: Readonly<Record<string, string>>;
  readonly schedules: Readonly<Record<string, Schedule>>;
};
export type Agreement = { readonly status: 'absent' } | Present;
export type PresentAgreement = Frozen<Present>;

/** An agreement as other aggregates' guards see it. */
export const agreementFact = fact<Agreement>('agreement');
export const initial: Agreement = { status: 'absent' };

/** AG-2: the terms in force on a date are those of the latest amendment that has taken effect by then. */
export const termsOn = (state: PresentAgreement, date: string): Terms | undefined => state.terms.findLast(({ from }) => from <= date)?.terms;
/** The rate of a line in force on a date. */
export const rateOn = (line: Frozen<Line>, date: string): Rate | undefined => line.rates.findLast(({ from }) => from <= date);
export const grantedOf = (line: Frozen<Line>): number => Object.values(line.grants).reduce((sum, { units }) => sum + units, 0);

const byStart = <T extends { readonly from: string }>(items: readonly T[], item: T): readonly T[] =>
  [...items.filter(({ from }) => from !== item.from), item].sort((a, b) => (a.from < b.from ? -1 : 1));
const present =
  <D>(change: (state: PresentAgreement, data: D) => Partial<Present>) =>
  (state: Frozen<Agreement>, data: D): Frozen<Agreement> =>
    state.status === 'absent' ? state : { ...state, ...change(state, data) };
const inSchedule =
  <D extends { readonly scheduleId: string }>(change: (schedule: Frozen<Schedule>, data: D) => Partial<Schedule>) =>
  (state: Frozen<Agreement>, data: D): Frozen<Agreement> => {
    const schedule = state.status === 'absent' ? undefined : state.schedules[data.scheduleId];
    if (state.status === 'absent' || schedule === undefined) return state;
    return { ...state, schedules: { ...state.schedules, [data.scheduleId]: { ...schedule, ...change(schedule, data) } } };
  };
const inLine = <D extends { readonly scheduleId: string; readonly lineItemId: string }>(change: (line: Frozen<Line>, data: D) => Partial<Line>) =>
  inSchedule<D>((schedule, data) => {
    const line = schedule.lines[data.lineItemId];
    return line === undefined ? {} : { lines: { ...schedule.lines, [data.lineItemId]: { ...line, ...change(line, data) } } };
  });

/** Only the terms, in their comparable form. */
export const termsIn = ({ billingMethod, paymentDays, holdoverFactor, notes }: Terms): Terms => ({
  billingMethod,
  paymentDays,
  holdoverFactor,
  ...(notes === undefined ? {} : { notes }),
});
type Drafted = Parameters<Evolve<Agreement, typeof agreementEvents>['AgreementDrafted']>[1];
const drafted = (data: Drafted): Omit<Present, 'status' | 'documents' | 'schedules'> => ({
  customerId: data.customerId,
  content: canonicalJson(data),
  effectiveDate: data.effectiveDate,
  termMonths: data.termMonths,
  endDate: null,
  isEvergreen: data.isEvergreen,
  currency: data.currency,
  timeZone: data.timeZone,
  terms: [{ from: data.effectiveDate, terms: termsIn(data) }],
});

export const evolve: Evolve<Agreement, typeof agreementEvents> = {
  AgreementDrafted: (_state, data) => ({ status: 'draft', ...drafted(data), documents: {}, schedules: {} }),
  AgreementChanged: present((_state, data) => drafted(data)),
  AgreementDiscarded: present(() => ({ status: 'discarded' })),
  AgreementActivated: present((_state, { endDate, isEvergreen }) => ({ status: 'active', endDate, isEvergreen })),
  AgreementAmended: present(({ terms }, { effectiveOn, ...data }) => ({ terms: byStart(terms, { from: effectiveOn, terms: termsIn(data) }) })),
  AgreementRenewed: present((_state, { endDate, isEvergreen }) => ({ endDate, isEvergreen })),
  AgreementTerminated: present(() => ({ status: 'terminated' })),
  AgreementExpired: present(() => ({ status: 'expired' })),
  AgreementDocumentAttached: present(({ documents }, { attachmentId, role }) => ({ documents: { ...documents, [attachmentId]: role } })),
  ScheduleAdded: present(({ schedules }, { scheduleId, effectiveDate, endDate, contractType }) => ({
    schedules: { ...schedules, [scheduleId]: { status: 'draft', effectiveDate, endDate: endDate ?? null, contractType, lines: {}, documents: [] } },
  })),
  ScheduleActivated: inSchedule(() => ({ status: 'active' })),
  ScheduleDiscarded: inSchedule(() => ({ status: 'discarded' })),
  ScheduleRenewed: inSchedule((_schedule, { endDate }) => ({ status: 'active', endDate })),
  ScheduleTerminated: inSchedule(() => ({ status: 'terminated' })),
  ScheduleExpired: inSchedule(() => ({ status: 'expired' })),
  ScheduleDocumentAttached: inSchedule(({ documents }, { attachmentId }) => ({ documents: [...documents, attachmentId] })),
  LineAdded: inSchedule(({ lines }, { lineItemId, equipmentType, numberOfUnits, from, until, rate, per }) => ({
    lines: { ...lines, [lineItemId]: { equipmentType, numberOfUnits, from, until: until ?? null, rates: [{ from, rate, per }], grants: {} } },
  })),
  LineUnitsChanged: inLine((_line, { numberOfUnits }) => ({ numberOfUnits })),
  LineRateChanged: inLine(({ rates }, { from, rate, per }) => ({ rates: byStart(rates, { from, rate, per }) })),
  UnitsGranted: inLine(({ grants }, { allocationId, accountId, total }) => ({ grants: { ...grants, [allocationId]: { accountId, units: total } } })),
  GrantReduced: inLine(({ grants }, { allocationId, total }) => {
    const grant = grants[allocationId];
    return grant === undefined ? {} : { grants: { ...grants, [allocationId]: { ...grant, units: total } } };
  }),
  AllocationsClosing: (state) => state,
};
