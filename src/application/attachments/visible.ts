import type { Attachment, PresentAttachment } from '../../domain/attachment/state.ts';
import { type Caller, seesAggregate } from '../caller.ts';
import type { States } from '../states.ts';

/** The attachment as it is now, if it exists and is the caller's to see. */
export const visibleAttachment = async (states: States, id: string, caller: Caller): Promise<PresentAttachment | undefined> => {
  const loaded = await states.loadFresh('attachment', id);
  if (!loaded.aggregate.exists(loaded.state) || !seesAggregate(caller, loaded)) return undefined;
  // The boundary of types: the state of this category.
  const known = loaded.state as Attachment;
  return known.situation === 'present' ? known : undefined;
};
