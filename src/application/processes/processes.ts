/** The one list of processes. */
import { allocations } from './allocations.ts';
import type { ProcessDefinition } from './process.ts';

export const processes: readonly ProcessDefinition[] = [allocations];
