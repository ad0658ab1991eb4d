/** The one list of processes. */
import { administration } from './access-sync.ts';
import { accounts } from './accounts.ts';
import { allocations } from './allocations.ts';
import type { ProcessDefinition } from './process.ts';

export const processes: readonly ProcessDefinition[] = [administration, accounts, allocations];
