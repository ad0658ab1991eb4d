/** The demonstration, loaded whole into systems of its own: deterministic, resumable, and of both lines of business. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { CommandHandler } from '../../../src/application/handle-command.ts';
import type { StoredEvent } from '../../../src/application/ports/event-log.ts';
import { epochMs, instantAt } from '../../../src/domain/kernel/calendar.ts';
import { model } from '../../../src/domain/model.ts';
import { load } from '../../../src/interfaces/composition/filling.ts';
import { silentProgress } from '../../../src/interfaces/composition/progress.ts';
import type { System } from '../../../src/interfaces/composition/system.ts';
import { parts } from '../../../src/interfaces/composition/tokens.ts';
import { type DemoOptions, loadDemo } from '../../../src/interfaces/demo/load.ts';
import { fc } from '../../kit/seed.ts';
import { readModelsThatDiffer, systemOn, wholeLog } from '../../kit/system.ts';

type Loaded = { readonly events: readonly StoredEvent[]; readonly remembered: Readonly<Record<string, unknown>> };
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const small: DemoOptions = { units: 40, seed: 11 };
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

type Started = { readonly folder: string; readonly system: System; readonly fill: (options?: DemoOptions | 'catalogs alone') => Promise<void> };
/** Some hour of yesterday: by night in UTC it is the day before where the company is. */
const yesterdayAt = (hour: number): string => instantAt(Math.floor(Date.now() / dayMs - 1) * dayMs + hour * hourMs + 41 * 60_000);

const started = async (at: string): Promise<Started> => {
  const folder = mkdtempSync(join(tmpdir(), 'demonstration-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const system = await systemOn(folder);
  cleanups.push(() => system.stop());
  const configuration = await system.part(parts.configuration);
  const timepiece = await system.part(parts.timepiece);
  timepiece.standAt(at);
  return {
    folder,
    system,
    fill: (options) =>
      options === 'catalogs alone'
        ? load(system, { ...configuration, demo: false }, silentProgress)
        : load(system, { ...configuration, demo: true }, silentProgress, options),
  };
};
const readOf = async (folder: string, system: System): Promise<Loaded> => ({
  events: await wholeLog(system),
  remembered: JSON.parse(readFileSync(join(folder, 'demonstration.json'), 'utf8')) as Loaded['remembered'],
});

/**
 * What the demonstration itself asked for and aggregates decided. What followed from it has a time of its own; claims and numbers have streams
 * that each installation names by itself.
 */
const asked = ({ events }: Loaded): readonly string[] =>
  events
    .filter(({ category, type }) => model.some((aggregate) => aggregate.category === category && Object.hasOwn(aggregate.events, type)))
    .filter(({ metadata: { actor } }) => actor.kind === 'user' || actor.id.startsWith('demonstration'))
    .map(({ stream, type, id, metadata }) => `${stream} ${type} ${id} ${metadata.commandId}`)
    .sort();

/** The system, whose commands fail after so many, as if it had been ended there. */
const cutAfter = (system: System, commandsMax: number): Pick<System, 'part'> => ({
  part: async (name) => {
    const found = await system.part(name);
    if ((name as unknown) !== parts.commands) return found;
    const commands = found as unknown as CommandHandler;
    let sent = 0;
    const handle: CommandHandler['handle'] = (envelope) => {
      sent += 1;
      return sent > commandsMax ? Promise.reject(new Error('cut off')) : commands.handle(envelope);
    };
    return { handle } as unknown as typeof found;
  },
});

describe('the demonstration', () => {
  test('the same seed gives the same commands and ids; a load that was cut off goes on to the very same; another one is refused', async () => {
    const whole = await started(yesterdayAt(3));
    await whole.fill(small);
    const expected = await readOf(whole.folder, whole.system);
    expect(expected.remembered['cutShort']).toEqual([]);
    await whole.system.stop();

    const again = await started(yesterdayAt(3));
    await again.fill('catalogs alone');
    const commands = Number(expected.remembered['commands']);
    for (const commandsMax of [150, commands - 120]) {
      await expect(loadDemo(cutAfter(again.system, commandsMax), silentProgress, small)).rejects.toThrow('cut off');
      await (await again.system.part(parts.processes)).settled();
    }
    await expect(loadDemo(again.system, silentProgress, { ...small, seed: 12 })).rejects.toThrow('Another demonstration (units 40, seed 11, no weeks)');
    // As a start of the product does, which asks for none.
    await again.fill();
    const actual = await readOf(again.folder, again.system);
    expect(actual.remembered['cutShort']).toEqual([]);
    const [these, those] = [new Set(asked(actual)), new Set(asked(expected))];
    expect([...these.difference(those)]).toEqual([]);
    expect([...those.difference(these)]).toEqual([]);

    // A whole one is never loaded again.
    await loadDemo(again.system, silentProgress, small);
    expect((await wholeLog(again.system)).length).toBe(actual.events.length);
  }, 300_000);

  test('weeks of both lines: each told at its own time, what falls due in between, every read model as the log says', async () => {
    const [hour = 0] = fc.sample(fc.nat({ max: 23 }), 1);
    const { folder, system, fill } = await started(yesterdayAt(hour));
    await fill({ units: 100, seed: 11, weeks: 3 });
    const { events, remembered } = await readOf(folder, system);
    expect(remembered['cutShort']).toEqual([]);
    const began = String(remembered['began']);
    const byCategory = Map.groupBy(events, ({ category }) => category);
    for (const category of ['serviceRequest', 'quotation', 'workOrder', 'roadside', 'maintenance', 'inspection', 'product', 'case', 'notificationGroup'])
      expect([category, byCategory.get(category)?.length ?? 0]).toEqual([category, expect.any(Number)]);
    const operations = [...(byCategory.get('serviceRequest') ?? []), ...(byCategory.get('workOrder') ?? []), ...(byCategory.get('roadside') ?? [])];
    const days = new Set(operations.map(({ metadata }) => metadata.occurredAt.slice(0, 10)));
    expect(days.size).toBeGreaterThan(10);
    expect(operations.every(({ metadata }) => metadata.occurredAt >= began && metadata.occurredAt <= new Date().toISOString())).toBe(true);
    // What follows comes after what it follows from, and within minutes; what falls due is looked at once a day.
    const byId = new Map(events.map((event) => [event.id, event]));
    const followed = events.flatMap(({ type, metadata }) => {
      const cause = byId.get(metadata.$causationId);
      if (cause === undefined || metadata.actor.id === 'deadlines') return [];
      return [{ hours: (epochMs(metadata.occurredAt) - epochMs(cause.metadata.occurredAt)) / hourMs, cause: cause.type, type, by: metadata.actor.id }];
    });
    expect(followed.length).toBeGreaterThan(20);
    expect(followed.filter(({ hours: later }) => later < 0 || later >= 1)).toEqual([]);
    const types = new Set(events.map(({ type }) => type));
    const both = [
      'RoadsideResolved',
      'WorkOrderCompleted',
      'MaintenanceDue',
      'MaintenancePerformed',
      'InspectionCertified',
      'QuotationAccepted',
      'WasteDisposed',
    ];
    for (const type of [...both, 'RequestSlaBreached', 'RequestVisitDone', 'ManagerReviewApproved', 'QuotationRevised', 'DeadlineClosed'])
      expect(types).toContain(type);
    expect(await readModelsThatDiffer(system, events)).toEqual([]);
  }, 300_000);
});
