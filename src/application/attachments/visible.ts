import type { Attachment, PresentAttachment } from '../../domain/attachment/state.ts';
import { type Caller, sees } from '../caller.ts';
import type { States } from '../states.ts';

/** The attachment as it is now, if it exists and is the caller's to see. */
export const visibleAttachment = async (states: States, id: string, caller: Caller): Promise<PresentAttachment | undefined> => {
  const { aggregate, state } = await states.loadFresh('attachment', id);
  if (!aggregate.exists(state) || !sees(caller, aggregate.tenantOf(state, id), aggregate.accountOf(state, id))) return undefined;
  // The boundary of types: the state of this category.
  const known = state as Attachment;
  return known.situation === 'present' ? known : undefined;
};
