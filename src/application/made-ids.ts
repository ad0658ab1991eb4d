/** The ids a command makes for what it creates inside an aggregate: derived, never drawn (docs/decisions/0006-made-ids.md). */
import { uuidv5 } from '../domain/kernel/ids.ts';

const madeIdsMax = 16;
/** The n-th id of a command: the same on every retry and every node. */
export const madeId = (commandId: string, n: number): string => uuidv5(commandId, `made:${n}`);
/**
 * Which of a command's ids its events use: found in what is stored, so that a repeated answer is the first one. `asked`: how many the decision
 * asked for, where that is known.
 */
export const madeIn = (commandId: string, events: readonly { readonly data: unknown }[], asked = madeIdsMax): readonly string[] => {
  if (asked === 0) return [];
  const text = JSON.stringify(events.map(({ data }) => data));
  if (!/-5[0-9a-f]{3}-/.test(text)) return []; // Most events hold no such id, and deriving sixteen costs as much as a decision.
  return Array.from({ length: Math.min(asked, madeIdsMax) }, (_, n) => madeId(commandId, n)).filter((id) => text.includes(id));
};
