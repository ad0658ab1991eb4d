/** The one list of processes. */
import { accounts } from './accounts.ts';
import { allocations } from './allocations.ts';
import type { ProcessDefinition } from './process.ts';

export const processes: readonly ProcessDefinition[] = [accounts, allocations];
