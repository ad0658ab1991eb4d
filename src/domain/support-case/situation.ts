/** What system cases and extortion incidents have in common: reported → triaged → resolved, and back. */
import { canonicalJson } from '../kernel/hash.ts';
import { reject } from '../kernel/rejection.ts';

export type Situation = 'reported' | 'triaged' | 'resolved';
/** `reported`, `triage`, `resolution`: what was said, to know a repeat. */
export type Reported = { readonly situation: Situation; readonly reported: string; readonly triage: string | null; readonly resolution: string | null };
export type Case = { readonly situation: 'absent' } | Reported;
export const initial: Case = { situation: 'absent' };

export const present = (state: Case): Reported => {
  if (state.situation === 'absent') throw new Error('a command reached a case that does not exist');
  return state;
};
type Step = 'triage' | 'resolve' | 'reopen';
/** The steps that each situation takes. */
export const steps: Readonly<Record<Situation, readonly Step[]>> = {
  reported: ['triage', 'resolve'],
  triaged: ['triage', 'resolve'],
  resolved: ['reopen'],
};
/** Nothing where the step may be taken; `repeat` where it was taken just so; else why not. */
export const mayStep = (state: Reported, step: Step, said: object) => {
  const content = canonicalJson(said);
  const isRepeat =
    (step === 'triage' && state.situation === 'triaged' && state.triage === content) ||
    (step === 'resolve' && state.situation === 'resolved' && state.resolution === content) ||
    (step === 'reopen' && state.situation !== 'resolved' && state.resolution !== null);
  if (isRepeat) return 'repeat';
  const { situation } = state;
  return steps[situation].includes(step) ? undefined : reject('notAllowedNow', `The case is ${situation}.`, { situation, allowed: steps[situation] });
};

export const reported = (_state: Case, data: object): Case => ({ situation: 'reported', reported: canonicalJson(data), triage: null, resolution: null });
export const triaged = (state: Case, data: object): Case =>
  state.situation === 'absent' ? state : { ...state, situation: 'triaged', triage: canonicalJson(data) };
export const resolved = (state: Case, data: object): Case =>
  state.situation === 'absent' ? state : { ...state, situation: 'resolved', resolution: canonicalJson(data) };
export const reopened = (state: Case): Case => (state.situation === 'absent' ? state : { ...state, situation: state.triage === null ? 'reported' : 'triaged' });
