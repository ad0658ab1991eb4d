/** Loads the demonstration: a company with customers, people, a fleet and agreements, by real commands over the real path, once. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readModels } from '../../../projections/read-models.ts';
import { permissionsOf } from '../../application/permissions.ts';
import { addDays, epochMs, instantAt } from '../../domain/kernel/calendar.ts';
import { localDate } from '../../domain/kernel/time-zone.ts';
import { model } from '../../domain/model.ts';
import type { Progress } from '../composition/progress.ts';
import type { System } from '../composition/system.ts';
import type { Timepiece } from '../composition/timepiece.ts';
import { parts } from '../composition/tokens.ts';
import { loadCustomers, loadPeople, loadRoles, roleIdOf } from './company.ts';
import { loadAgreements, requestAssignments, returnUnits } from './contracts.ts';
import { loadCorrespondence, loadDesks, loadGeofences, loadUnitPaper, uploadPaper } from './desk.ts';
import { loadFleet } from './fleet.ts';
import type { CutShort } from './operations/perform.ts';
import { companyZone } from './operations/scene.ts';
import { type Company, tellOperations } from './operations/stage.ts';
import { randomFrom } from './random.ts';
import { beginningIn, isDemoLoaded, rememberedIn } from './remembered.ts';
import { DemoSender } from './sender.ts';

export type DemoOptions = {
  readonly units: number;
  readonly seed: number;
  /** So many weeks of operations, up to now. Nothing: a few stories, each kind once. */
  readonly weeks?: number;
};
export const defaultDemo: DemoOptions = { units: 320, seed: 7 };

const hourMs = 3_600_000;
/** Stories that ended early are named up to so many. */
const toldMax = 50;
const daysAWeek = 7;
/** How long ago the company begins where no weeks are asked for. */
const briefDays = 12;
/** A load that has begun: one that goes on later tells of the same days. */
type Begun = DemoOptions & { readonly began: string; readonly hours: number };

const beginAt = (now: string, options: DemoOptions): Begun => {
  const hours = 24 * (options.weeks === undefined ? briefDays : options.weeks * daysAWeek);
  return { ...options, hours, began: instantAt(Math.floor(epochMs(now) / hourMs - hours) * hourMs) };
};
/** The load that was cut off, or a new one. Throws where the one that was cut off was another than what is asked for. */
const begunIn = (file: string, now: string, options: DemoOptions | undefined): Begun => {
  if (!existsSync(file)) {
    const begun = beginAt(now, options ?? defaultDemo);
    writeFileSync(file, `${JSON.stringify(begun, null, 2)}\n`);
    return begun;
  }
  // The boundary of types: this file is written above and nowhere else.
  const begun = JSON.parse(readFileSync(file, 'utf8')) as Begun;
  const told = ({ units, seed, weeks }: DemoOptions): string => `units ${units}, seed ${seed}, ${weeks === undefined ? 'no weeks' : `weeks ${weeks}`}`;
  if (options === undefined || told(begun) === told(options)) return begun;
  throw new Error(`Another demonstration (${told(begun)}) was begun here and cut off; go on with that one, or take another folder.`);
};

/**
 * Stands where the demonstration begins, or where the load that was cut off began: what is loaded before it is then no later than what follows.
 * Throws where the one that was cut off was another than what is asked for.
 */
export const standAtDemo = async (system: Pick<System, 'part'>, options?: DemoOptions): Promise<Begun> => {
  const { dataFolder } = await system.part(parts.configuration);
  const timepiece = await system.part(parts.timepiece);
  const begun = begunIn(beginningIn(dataFolder), timepiece.now(), options);
  timepiece.standAt(begun.began);
  return begun;
};

/** Once an installation: a file in the data folder remembers that it is whole; a load that was cut off goes on where it was, whatever it was where nothing is asked for. */
export const loadDemo = async (system: Pick<System, 'part'>, progress: Progress, options?: DemoOptions): Promise<void> => {
  const { dataFolder } = await system.part(parts.configuration);
  if (isDemoLoaded(dataFolder)) return;
  const startedAt = performance.now();
  const timepiece = await system.part(parts.timepiece);
  const clock = timepiece.now;
  const begun = await standAtDemo(system, options);
  const sender = new DemoSender({ commands: await system.part(parts.commands), clock, progress: (done) => progress.step('demonstration', done, 0) });
  // The clock runs again once all is told. Where the load fails it stays: what is not yet connected must not fall due before the load goes on.
  const cutShort = await loadAll(system, { sender, clock, begun, progress, timepiece });
  const seconds = (performance.now() - startedAt) / 1000;
  writeFileSync(
    rememberedIn(dataFolder),
    `${JSON.stringify({ ...begun, commands: sender.commands, cutShort: cutShort.slice(0, toldMax), loadedAt: clock() }, null, 2)}\n`,
  );
  rmSync(beginningIn(dataFolder), { force: true });
  progress.say(`  ${sender.commands} commands of the demonstration in ${seconds.toFixed(1)} s (${Math.round(sender.commands / seconds)} a second)`);
  const [first] = cutShort;
  if (first !== undefined) progress.warn(`${cutShort.length} stories of the demonstration ended early; the first was ${first.key}: ${first.reason}`);
};

type Loading = {
  readonly sender: DemoSender;
  readonly clock: () => string;
  readonly begun: Begun;
  readonly progress: Progress;
  readonly timepiece: Timepiece;
};

/** Founds the company, then tells its weeks. */
const loadAll = async (system: Pick<System, 'part'>, loading: Loading): Promise<readonly CutShort[]> => {
  const { sender, timepiece, progress, begun } = loading;
  const company = await found(system, loading);
  sender.fallSilent();
  return tellOperations(system, { sender, timepiece, progress, company, weeks: begun });
};

const found = async (system: Pick<System, 'part'>, { sender, clock, begun: options }: Loading): Promise<Company> => {
  const uploads = await system.part(parts.uploads);
  const processes = await system.part(parts.processes);
  const now = clock();
  const today = localDate(now, companyZone);
  const permissions = permissionsOf(
    model,
    readModels.flatMap(({ queries }) => queries.map(({ permission }) => permission)),
  );
  await loadRoles(sender, permissions);
  const signed = (key: string, customerId: string) => uploadPaper(uploads, clock, { key, customerId, category: 'contract' });
  const business = async () => {
    const customers = await loadCustomers(sender, addDays(today, 300));
    await loadPeople(sender, customers);
    await processes.reached(sender.position);
    const [allocations] = await Promise.all([
      loadAgreements(sender, customers, { today, units: options.units, signed }),
      loadDesks(sender, customers),
      loadGeofences(sender, customers),
      loadCorrespondence(sender, customers, { now }),
    ]);
    return { customers, allocations };
  };
  // The fleet is there whoever comes to rent it.
  const [units, { customers, allocations }] = await Promise.all([
    loadFleet(sender, { units: options.units, today, now, random: randomFrom(options.seed), timeZone: companyZone }),
    business(),
  ]);
  await sender.each(units.slice(0, 6), async ({ id }, index) => {
    const attachmentId = await uploadPaper(uploads, clock, { key: `unit:${index}`, category: 'permit' });
    await loadUnitPaper(sender, id, { key: `${index}`, attachmentId, expiresOn: addDays(today, 200) });
  });
  await processes.settled();
  const requested = await requestAssignments(sender, { allocations, units, today });
  await processes.settled();
  const out = await returnUnits(sender, requested, today);
  await processes.settled();
  return { customers, units, allocations, out, technicianRoleId: roleIdOf('technician') };
};
