/** The demonstration, loaded whole into systems of its own: deterministic, resumable, and of both lines of business. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { CommandHandler } from '../../../src/application/handle-command.ts';
import type { StoredEvent } from '../../../src/application/ports/event-log.ts';
import { epochMs } from '../../../src/domain/kernel/calendar.ts';
import { model } from '../../../src/domain/model.ts';
import { load } from '../../../src/interfaces/composition/filling.ts';
import { silentProgress } from '../../../src/interfaces/composition/progress.ts';
import type { System } from '../../../src/interfaces/composition/system.ts';
import { parts } from '../../../src/interfaces/composition/tokens.ts';
import { type DemoOptions, loadDemo } from '../../../src/interfaces/demo/load.ts';
import { readModelsThatDiffer, systemOn, wholeLog } from '../../kit/system.ts';

type Loaded = { readonly events: readonly StoredEvent[]; readonly remembered: Readonly<Record<string, unknown>> };
const small: DemoOptions = { units: 40, seed: 11 };
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const started = async (): Promise<{ readonly folder: string; readonly system: System }> => {
  const folder = mkdtempSync(join(tmpdir(), 'demonstration-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const system = await systemOn(folder);
  cleanups.push(() => system.stop());
  const configuration = await system.part(parts.configuration);
  await load(system, { ...configuration, demo: false }, silentProgress);
  return { folder, system };
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
    const whole = await started();
    await loadDemo(whole.system, silentProgress, small);
    const expected = await readOf(whole.folder, whole.system);
    expect(expected.remembered['cutShort']).toEqual([]);
    await whole.system.stop();

    const again = await started();
    const commands = Number(expected.remembered['commands']);
    for (const commandsMax of [150, commands - 120]) {
      await expect(loadDemo(cutAfter(again.system, commandsMax), silentProgress, small)).rejects.toThrow('cut off');
      await (await again.system.part(parts.processes)).settled();
    }
    await expect(loadDemo(again.system, silentProgress, { ...small, seed: 12 })).rejects.toThrow('Another demonstration (units 40, seed 11, no weeks)');
    // As a start of the product does, which asks for none.
    await loadDemo(again.system, silentProgress);
    const actual = await readOf(again.folder, again.system);
    // Between the loads the clock is today's: a file of days ago that hung on nothing yet is removed, and its stories end there.
    const cutShort = actual.remembered['cutShort'] as readonly { readonly reason: string }[];
    expect(cutShort.filter(({ reason }) => !reason.includes('"notFound","pointer":"/attachmentId"'))).toEqual([]);
    const [these, those] = [new Set(asked(actual)), new Set(asked(expected))];
    expect([...these.difference(those)]).toEqual([]);
    if (cutShort.length === 0) expect([...those.difference(these)]).toEqual([]);

    // A whole one is never loaded again.
    await loadDemo(again.system, silentProgress, small);
    expect((await wholeLog(again.system)).length).toBe(actual.events.length);
  }, 300_000);

  test('weeks of both lines: each told at its own time, what falls due in between, every read model as the log says', async () => {
    const { folder, system } = await started();
    await loadDemo(system, silentProgress, { units: 100, seed: 11, weeks: 3 });
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
    // What follows comes after what it follows from, and within minutes.
    const byId = new Map(operations.map((event) => [event.id, event]));
    let followed = 0;
    for (const { metadata } of operations) {
      const cause = byId.get(metadata.$causationId);
      if (cause === undefined || metadata.actor.id === 'deadlines') continue;
      followed += 1;
      expect(metadata.occurredAt >= cause.metadata.occurredAt).toBe(true);
      expect(epochMs(metadata.occurredAt) - epochMs(cause.metadata.occurredAt)).toBeLessThan(3_600_000);
    }
    expect(followed).toBeGreaterThan(20);
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
