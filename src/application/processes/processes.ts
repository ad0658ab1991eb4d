/** The one list of processes. */
import type { ProcessDefinition } from './process.ts';

export const processes: readonly ProcessDefinition[] = [];
