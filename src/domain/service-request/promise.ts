/** Decisions about units that the fleet promises (SR-14). The fleet decides (`unitPromise`); the request keeps what it was told. */
import { reject } from '../kernel/rejection.ts';
import { type Decisions, open, present } from './content.ts';
import { isAgreed, notAllowedNow } from './rules.ts';
import { event } from './sla.ts';
import { contentOf, type PresentRequest } from './state.ts';
import { isPromised, isShort } from './wanted.ts';

const before = ['submitted', 'in_review'];
/** Units are promised once a quotation is accepted; where none is compulsory, from the beginning. */
export const asksForUnits = (state: PresentRequest): boolean =>
  state.wanted !== null && (isAgreed(state) || (!state.policy.quotation && before.includes(state.status)));

export const promiseDecisions: Pick<Decisions, 'AskForUnits' | 'NoteUnitsPromised' | 'NoteUnitsShort'> = {
  AskForUnits: (from) => {
    const state = present(from);
    const refused = open(state);
    if (refused !== undefined) return refused;
    if (state.wanted === null) return reject('nothingToPromise', 'This request wants no units of the fleet.');
    if (!asksForUnits(state)) return notAllowedNow(state);
    // Until the fleet has said no, the question is on its way.
    return isPromised(state) || !isShort(state) ? [] : [event('RequestUnitsAskedFor', state.wanted)];
  },
  NoteUnitsPromised: (from, span) => {
    const state = present(from);
    // Told of what it wanted before it was amended, or after it ended: the next word is on its way.
    const isWanted = state.wanted !== null && contentOf(state.wanted) === contentOf(span) && asksForUnits(state);
    return isWanted && !isPromised(state) ? [event('RequestUnitsPromised', span)] : [];
  },
  NoteUnitsShort: (from, { available, ...span }) => {
    const state = present(from);
    const isWanted = state.wanted !== null && contentOf(state.wanted) === contentOf(span) && asksForUnits(state);
    return isWanted && !isPromised(state) && !isShort(state) ? [event('RequestUnitsShort', { ...span, available })] : [];
  },
};
