/** The order's lines: what was done, by which code, and what it costs. */
import { type DataOf, type Decide, type EventOf, emit, type Facts, type Frozen, reject } from '../kernel/aggregate.ts';
import { compareMoney, equalMoney, lineAmount, type Money, money, sumMoney, zeroMoney } from '../kernel/money.ts';
import { reached } from '../kernel/presence.ts';
import type { workOrderCommands } from './commands.ts';
import { workOrderEvents } from './events.ts';
import { allows, inCurrency, linesMax, notTooLarge, roomFor, takesCosts, unknownVmrsCode, usualCost, vmrsEntry } from './rules.ts';
import { contentOf, type LineAdded, lineContent, type PresentOrder, totals, totalsOf, type WorkOrder } from './state.ts';

const event = emit(workOrderEvents);
type Event = EventOf<typeof workOrderEvents>;
export type Decisions = Decide<WorkOrder, typeof workOrderCommands, typeof workOrderEvents>;
type Said = DataOf<(typeof workOrderCommands)['AddOrderLine']>;
type Part = { readonly partName: string; readonly partNumber?: string; readonly quantity: string; readonly unitCost: Money };
type Costs = Pick<LineAdded, 'lineId' | 'labourCost' | 'partCost'>;

/** The order as the shell gives it to a command that does not create. */
export const present = reached<Frozen<WorkOrder>>('a work order');

/** The totals once this line is as said. */
const totalsWith = ({ opened, lines }: PresentOrder, line: Costs) => totalsOf(opened.currency, Object.values({ ...lines, [line.lineId]: line }));
const withAmounts = (parts: readonly Part[]) => parts.map((part) => ({ ...part, amount: lineAmount(part.unitCost, part.quantity) }));

/** An approval no longer counts once the order costs more than it said. */
const lapse = ({ approval }: PresentOrder, total: Money): readonly Event[] =>
  approval.status === 'approved' && compareMoney(total, approval.amount) > 0 ? [event('CostApprovalLapsed', { approved: approval.amount, total })] : [];

type Line = Omit<LineAdded, 'labourTotal' | 'partTotal' | 'total'>;
/** A new line, one that says something else, or nothing where it says the same. */
const put = (state: PresentOrder, line: Line) => {
  const before = state.lines[line.lineId];
  const after = totalsWith(state, line);
  const said = { ...line, ...after };
  if (before?.content === lineContent(said)) return [];
  const put = before === undefined ? event('OrderLineAdded', said) : event('OrderLineChanged', said);
  return notTooLarge(after.total) ?? [put, ...lapse(state, after.total)];
};

const usual = (said: Said, currency: string, facts: Facts) => {
  const entry = vmrsEntry(facts, said.vmrsCode);
  if (entry === undefined) return undefined;
  const part = usualCost(entry, 'partCost', currency);
  return { name: entry.name, labour: usualCost(entry, 'laborCost', currency), part };
};
/** The line as it will stand: what is left out is what the catalog says. */
const priced = (said: Said, lineId: string, at: { readonly currency: string; readonly usual: NonNullable<ReturnType<typeof usual>> }): Line => {
  const { currency, usual } = at;
  const { parts: given, ...rest } = said;
  const usualPart =
    usual.part === undefined || compareMoney(usual.part, zeroMoney(currency)) === 0 ? [] : [{ partName: usual.name, quantity: '1', unitCost: usual.part }];
  const parts = withAmounts(given ?? usualPart);
  const labourCost =
    said.labour === undefined ? (usual.labour ?? zeroMoney(currency)) : lineAmount(money(said.labour.rate.amount, currency), said.labour.hours);
  return {
    ...rest,
    lineId,
    parts,
    labourCost,
    partCost: sumMoney(
      parts.map(({ amount }) => amount),
      currency,
    ),
  };
};
/** Something else than the catalog's usual cost needs a reason. */
const isExplained = (
  { labourCost, partCost, overrideReason }: Line,
  { labour, part }: { readonly labour: Money | undefined; readonly part: Money | undefined },
) => {
  const differs = (cost: Money, said: Money | undefined) => said !== undefined && compareMoney(said, zeroMoney(said.currency)) > 0 && !equalMoney(cost, said);
  return overrideReason === undefined && (differs(labourCost, labour) || differs(partCost, part))
    ? reject('overrideReasonNeeded', 'The catalog says another cost: say why.', { labourCost: labour, partCost: part })
    : undefined;
};

const write = (state: PresentOrder, said: Said, { lineId, facts }: { readonly lineId: string; readonly facts: Facts }) => {
  const { currency } = state.opened;
  const found = usual(said, currency, facts);
  if (found === undefined) return unknownVmrsCode(said.vmrsCode);
  const foreign = inCurrency(currency, [said.labour?.rate, ...(said.parts ?? []).map(({ unitCost }) => unitCost)]);
  if (foreign !== undefined) return foreign;
  const line = priced(said, lineId, { currency, usual: found });
  return isExplained(line, found) ?? put(state, line);
};

export const lineDecisions: Pick<Decisions, 'AddOrderLine' | 'ChangeOrderLine' | 'RemoveOrderLine' | 'CarryOverRoadsideCosts' | 'MarkRework'> = {
  AddOrderLine: (before, command, { newId, facts }) => {
    const state = present(before);
    const lineId = newId(0);
    if (Object.hasOwn(state.lines, lineId)) return allows(state, 'AddOrderLine') ?? [];
    return allows(state, 'AddOrderLine') ?? roomFor(Object.keys(state.lines).length, linesMax) ?? write(state, command, { lineId, facts });
  },
  ChangeOrderLine: (before, { lineId, ...said }, { facts }) => {
    const state = present(before);
    const wrong = allows(state, 'ChangeOrderLine');
    if (wrong !== undefined) return wrong;
    if (!Object.hasOwn(state.lines, lineId)) return reject('unknownLine', 'The order has no such line.');
    return write(state, said, { lineId, facts });
  },
  RemoveOrderLine: (before, { lineId }) => {
    const state = present(before);
    const { [lineId]: line, ...left } = state.lines;
    if (line === undefined) return allows(state, 'RemoveOrderLine') ?? [];
    return allows(state, 'RemoveOrderLine') ?? [event('OrderLineRemoved', { lineId, ...totalsOf(state.opened.currency, Object.values(left)) })];
  },
  CarryOverRoadsideCosts: (before, { roadsideId, parts: given, fees, correction }, { newId }) => {
    const state = present(before);
    const [lineId] = Object.entries(state.lines).find(([, line]) => line.roadsideId === roadsideId) ?? [newId(0)];
    const { currency } = state.opened;
    const wrong = takesCosts(state) ?? inCurrency(currency, [fees, ...given.map(({ unitCost }) => unitCost)]);
    if (wrong !== undefined) return wrong;
    const parts = withAmounts(given);
    const partCost = sumMoney(
      parts.map(({ amount }) => amount),
      currency,
    );
    const line: Line = { lineId, roadsideId, repairReason: 'breakdown', parts, labourCost: money(fees.amount, currency), partCost };
    const isNew = !Object.hasOwn(state.lines, lineId);
    return (isNew ? roomFor(Object.keys(state.lines).length, linesMax) : undefined) ?? put(state, correction === undefined ? line : { ...line, correction });
  },
  MarkRework: (before, { lineId, reworkOf }) => {
    const line = present(before).lines[lineId];
    // A mark is a fact about what is done: it may come after the order is closed, and nothing is lost where its line is gone.
    return line === undefined || line.reworkOf === contentOf(reworkOf) ? [] : [event('ReworkMarked', { lineId, reworkOf })];
  },
};
/** What the order costs now. */
export const costNow = (state: PresentOrder): Money => totals(state).total;
