/** Tells the planned stories hour by hour: what happens, what follows from it, what falls due. */
import type { DeadlineScheduler } from '../../../application/deadlines/scheduler.ts';
import type { ProcessSupervisor } from '../../../application/processes/supervisor.ts';
import { addMilliseconds } from '../../../domain/kernel/calendar.ts';
import type { Progress } from '../../composition/progress.ts';
import type { Timepiece } from '../../composition/timepiece.ts';
import { type DemoSender, isRefusal } from '../sender.ts';
import type { Planned } from './plan.ts';
import { type Cast, Scene, type Story } from './scene.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;
const latenessMaxMinutes = 14;

export type Stage = {
  readonly sender: DemoSender;
  readonly cast: Cast;
  readonly processes: ProcessSupervisor;
  readonly scheduler: DeadlineScheduler;
  readonly timepiece: Timepiece;
  readonly progress: Progress;
  /** The instant of hour 0, and the hours there are. */
  readonly began: string;
  readonly hours: number;
  /** What begins within so many hours goes on side by side: a short demonstration waits less often for what follows. */
  readonly hoursAtOnce: number;
};
/** A story that ended early, and by what. */
export type CutShort = { readonly key: string; readonly reason: string };
type Running = { readonly key: string; readonly scene: Scene; readonly story: Story; readonly minute: number; hour: number };

const goOn = async (running: Running, at: string, cutShort: CutShort[]): Promise<boolean> => {
  running.scene.goOnAt(addMilliseconds(at, running.minute * minuteMs));
  try {
    const { done, value } = await running.story.next();
    if (done === true) return false;
    running.hour += Math.max(1, value);
    return true;
  } catch (error) {
    // Someone's story may end before its time; a store that is away may not pass for that.
    if (!isRefusal(error)) throw error;
    cutShort.push({ key: running.key, reason: error.message });
    return false;
  }
};

/** Returns the stories that met a refusal. What reaches beyond the last hour stays as it is then: work under way. */
export const perform = async (planned: readonly Planned[], stage: Stage): Promise<readonly CutShort[]> => {
  const { sender, cast, processes, scheduler, timepiece, progress, began, hours, hoursAtOnce } = stage;
  const cutShort: CutShort[] = [];
  let running = planned.map(({ key, hour, technicianId, random, tell }): Running => {
    const scene = new Scene({ key, random, technicianId, sender, timepiece });
    return { key, scene, story: tell(scene, cast), minute: random.below(latenessMaxMinutes + 1), hour };
  });
  let day = -1;
  for (;;) {
    const hour = running.reduce((least, each) => Math.min(least, each.hour), hours);
    if (hour >= hours) break;
    const at = addMilliseconds(began, hour * hourMs);
    timepiece.standAt(at);
    if (Math.floor(hour / 24) > day) {
      day = Math.floor(hour / 24);
      progress.step(`days of operations (${sender.commands} commands)`, day, Math.ceil(hours / 24));
      await scheduler.fireDue();
      await processes.settled();
    }
    const now = running.filter((each) => each.hour < hour + hoursAtOnce);
    const isOver = new Set<Running>();
    await sender.each(now, async (each) => {
      if (!(await goOn(each, addMilliseconds(began, each.hour * hourMs), cutShort))) isOver.add(each);
    });
    running = running.filter((each) => !isOver.has(each));
    await processes.settled();
  }
  progress.step('days of operations', Math.ceil(hours / 24), Math.ceil(hours / 24));
  return cutShort;
};
