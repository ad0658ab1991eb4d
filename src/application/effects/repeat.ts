/** Asking that what an effect gave up be tried again: written to the log, so that whichever node runs the effect hears of it. */
import type { Actor } from '../../domain/kernel/aggregate.ts';
import type { EventLog } from '../ports/event-log.ts';
import { effectStream, stepCommandId } from '../processes/reacting.ts';
import { systemEvent } from '../system-stream.ts';

type Wish = { readonly effect: string; readonly triggerId: string; readonly actor: Actor; readonly at: string };

/** How many steps of this trigger will be tried again; none where nothing is given up. Throws `StoreUnavailable`. */
export const repeatEffect = async (log: EventLog, { effect, triggerId, actor, at }: Wish): Promise<number> => {
  const stream = effectStream(effect, triggerId);
  const written = await log.read(stream);
  const latest = new Map(written.map((event) => [String(event.data['step']), event]));
  const wishes = [...latest.values()]
    .filter(({ type }) => type === 'EffectGivenUp')
    .map(({ data, metadata }) => {
      const { tries: _, failure: _failure, ...attempted } = data;
      const { $correlationId: correlationId, restrictedTo } = metadata;
      const commandId = stepCommandId(effect, triggerId, `repeat ${String(data['step'])} ${written.length}`);
      const by = { commandId, commandHash: commandId, correlationId, actor, at, restrictedTo };
      return systemEvent(by, 'EffectRepeated', attempted);
    });
  if (wishes.length === 0) return 0;
  const appended = await log.append(stream, wishes, written.length - 1);
  return appended.ok ? wishes.length : repeatEffect(log, { effect, triggerId, actor, at });
};
