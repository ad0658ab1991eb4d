import { derivedId } from './ids.ts';

const namespace = 'c3f4b0de-2a4d-5c7e-8f0a-91d24b6f7a30';

/** The id of an aggregate's named deadline: set anew, it is still the same deadline. */
export const deadlineIdOf = (category: string, aggregateId: string, name: string): string => derivedId(namespace, [category, aggregateId, name]);
