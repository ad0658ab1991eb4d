import type { Attachment, PresentAttachment } from '../../domain/attachment/state.ts';
import { type Caller, may, sees } from '../caller.ts';
import type { States } from '../states.ts';

/** What an incident's file hangs on (processes/attachments.ts): its content is for those who may see incidents (TE-11). */
const restricted = 'restricted/';
const restrictedPermission = 'extortion-incident:view';
const isWithheld = ({ links }: PresentAttachment, caller: Caller): boolean =>
  links.some((link) => link.startsWith(restricted)) && !may(caller, restrictedPermission);

/** The attachment as it is now, if it exists and is the caller's to see. */
export const visibleAttachment = async (states: States, id: string, caller: Caller): Promise<PresentAttachment | undefined> => {
  const { aggregate, state } = await states.loadFresh('attachment', id);
  if (!aggregate.exists(state) || !sees(caller, aggregate.tenantOf(state, id), aggregate.accountOf(state, id))) return undefined;
  // The boundary of types: the state of this category.
  const known = state as Attachment;
  return known.situation === 'present' && !isWithheld(known, caller) ? known : undefined;
};
