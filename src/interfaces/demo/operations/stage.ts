/** Puts the operations together: who is out with whom, who works, what there is to sell; then tells them. */
import { DeadlineScheduler } from '../../../application/deadlines/scheduler.ts';
import type { PresentQuotation } from '../../../domain/quotation/state.ts';
import { hashOf } from '../../../domain/quotation/state.ts';
import type { PresentRequest } from '../../../domain/service-request/state.ts';
import type { Progress } from '../../composition/progress.ts';
import type { System } from '../../composition/system.ts';
import type { Timepiece } from '../../composition/timepiece.ts';
import { parts } from '../../composition/tokens.ts';
import type { DemoCustomer } from '../company.ts';
import type { DemoAllocation, DemoAssignment } from '../contracts.ts';
import { uploadPaper } from '../desk.ts';
import type { DemoUnit } from '../fleet.ts';
import { demoPeople } from '../people.ts';
import { type DemoSender, demoId } from '../sender.ts';
import { hireTechnicians, loadDesksOfCare, loadPriceList } from './back-office.ts';
import { DeadlinesInLog } from './deadlines.ts';
import { type CutShort, perform } from './perform.ts';
import { photo } from './photo.ts';
import { planStories, type Scope } from './plan.ts';
import type { Cast, Offered, OutUnit } from './scene.ts';
import type { Site } from './sites.ts';

export type Company = {
  readonly customers: readonly DemoCustomer[];
  readonly units: readonly DemoUnit[];
  readonly allocations: readonly DemoAllocation[];
  /** Assignments whose units stay out. */
  readonly out: readonly (DemoAssignment & { readonly allocationId: string })[];
  readonly technicianRoleId: string;
};
export type Weeks = { readonly began: string; readonly hours: number; readonly seed: number; readonly weeks?: number };
type Telling = { readonly sender: DemoSender; readonly timepiece: Timepiece; readonly progress: Progress; readonly company: Company; readonly weeks: Weeks };

const unitsATechnician = 150;
const techniciansMin = 3;
const briefHoursAtOnce = 4;

/** Who reports for each customer: one of its people. */
const reporters = (customers: readonly DemoCustomer[]): ReadonlyMap<string, string> =>
  new Map(
    customers.flatMap(({ id }, index) => {
      const person = demoPeople.find(({ customer }) => customer === index);
      return person === undefined ? [] : [[id, demoId(`user:${person.user}`)] as const];
    }),
  );

const outUnits = ({ customers, units, allocations, out }: Company): readonly OutUnit[] => {
  const unitsById = new Map(units.map((unit, ordinal) => [unit.id, { ...unit, ordinal }]));
  const allocationsById = new Map(allocations.map((allocation) => [allocation.id, allocation]));
  const customersById = new Map(customers.map((customer) => [customer.id, customer]));
  const who = reporters(customers);
  return out.flatMap(({ equipmentId, allocationId }): readonly OutUnit[] => {
    const [unit, allocation] = [unitsById.get(equipmentId), allocationsById.get(allocationId)];
    const customer = allocation === undefined ? undefined : customersById.get(allocation.customerId);
    if (unit === undefined || allocation === undefined || customer === undefined) return [];
    return [{ ...unit, customer, accountId: allocation.accountId, reporterId: who.get(customer.id) ?? '' }];
  });
};
const sitesOf = ({ customers }: Company): readonly Site[] => {
  const who = reporters(customers);
  return customers.flatMap((customer) =>
    customer.accounts.slice(1).map(({ id: accountId }) => ({ customer, accountId, reporterId: who.get(customer.id) ?? '' })),
  );
};

/** Each file once, when it is first wanted, however many want it at the same moment. */
const paperMaker = async (system: Pick<System, 'part'>, customers: readonly DemoCustomer[]): Promise<Cast['paper']> => {
  const uploads = await system.part(parts.uploads);
  const clock = await system.part(parts.clock);
  const made = new Map<string, Promise<string>>();
  return (category, { id: customerId }) => {
    const key = `paper:${category}:${customerId}`;
    const shade = 40 * customers.findIndex(({ id }) => id === customerId);
    const content = category === 'photo' || category === 'signature' ? { image: photo(category === 'photo' ? shade : 255 - shade) } : {};
    const making = made.get(key) ?? uploadPaper(uploads, clock, { key, customerId, category, ...content });
    made.set(key, making);
    return making;
  };
};
const offeredIn = async (system: Pick<System, 'part'>): Promise<Cast['offered']> => {
  const states = await system.part(parts.states);
  return async (quotationId): Promise<Offered> => {
    const { state } = await states.loadFresh('quotation', quotationId);
    // The boundary of types: the states of this category are quotations, and this one was drafted by the story that asks.
    const present = state as PresentQuotation;
    return { revision: present.revision, contentHash: hashOf(present) };
  };
};
const plannedIn = async (system: Pick<System, 'part'>): Promise<Cast['planned']> => {
  const states = await system.part(parts.states);
  return async (requestId) => {
    const { state } = await states.loadFresh('serviceRequest', requestId);
    // The boundary of types: the states of this category are requests, and this one was submitted by the story that asks.
    const { visits } = state as PresentRequest;
    // All of them: a story that is told again names those that are done by now, too.
    return Object.keys(visits);
  };
};

/** Returns the stories that met a refusal. */
export const tellOperations = async (system: Pick<System, 'part'>, telling: Telling): Promise<readonly CutShort[]> => {
  const { sender, timepiece, progress, company, weeks } = telling;
  const { began, hours, seed } = weeks;
  const units = outUnits(company);
  const [products, technicianIds] = await Promise.all([
    loadPriceList(sender, began),
    hireTechnicians(sender, Math.max(techniciansMin, Math.ceil(units.length / unitsATechnician)), company.technicianRoleId),
    loadDesksOfCare(sender),
  ]);
  const [paper, offered, planned] = [await paperMaker(system, company.customers), await offeredIn(system), await plannedIn(system)];
  const cast: Cast = { sellerId: demoId('user:vendedor'), managerId: demoId('user:gerente'), products, paper, offered, planned };
  const scope: Scope = {
    units,
    sites: sitesOf(company),
    technicianIds,
    toilets: company.units.filter(({ type }) => type === 'portable-toilet').length,
    seed,
    hours,
    ...(weeks.weeks === undefined ? {} : { weeks: weeks.weeks }),
  };
  const [log, commands] = [await system.part(parts.log), await system.part(parts.commands)];
  const processes = await system.part(parts.processes);
  const scheduler = new DeadlineScheduler({ log, commands, deadlines: new DeadlinesInLog(log), clock: timepiece.now });
  await processes.settled();
  const cutShort = await perform(planStories(scope), {
    sender,
    cast,
    processes,
    scheduler,
    timepiece,
    progress,
    began,
    hours,
    hoursAtOnce: weeks.weeks === undefined ? briefHoursAtOnce : 1,
  });
  timepiece.letRun();
  await scheduler.fireDue();
  await processes.settled();
  return cutShort;
};
