/** What may not be there yet: a state whose situation is `absent` until something creates it. */
import type { Occurrence } from './aggregate.ts';

type Situated = { readonly situation: string };
type Existing<S extends Situated> = Exclude<S, { readonly situation: 'absent' }>;
const exists = <S extends Situated>(state: S): state is Existing<S> => state.situation !== 'absent';

/** The state of what a command reached: the shell lets only commands that create reach what is absent. Throws on a mistake of ours. */
export const reached =
  <S extends Situated>(what: string) =>
  (state: S): Existing<S> => {
    if (!exists(state)) throw new Error(`a command reached ${what} that does not exist`);
    return state;
  };

/** Folds of what is there: an event that reaches nothing changes nothing. */
export const changing =
  <S extends Situated>() =>
  <D>(change: (state: Existing<S>, data: D, at: Occurrence) => Partial<Existing<S>>) =>
  (state: S, data: D, at: Occurrence): S =>
    exists(state) ? { ...state, ...change(state, data, at) } : state;
