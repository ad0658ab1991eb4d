/** What was thrown, as a problem. Thrown is only a dead dependency or a mistake of ours; of the latter nobody outside learns more than that. */
import type { Logger } from './parts.ts';
import { type Problem, problem } from './problems.ts';

const retry = { headers: { 'Retry-After': '1' } };
/** By name: they come from several ports, and all mean that the same request may be sent again. */
const away: Readonly<Record<string, string>> = {
  StoreUnavailable: 'The event store does not answer.',
  DatabaseUnavailable: 'The database does not answer.',
  QueryUnavailable: 'The database does not answer, or took too long.',
  BlobStoreUnavailable: 'The store of files does not answer.',
  VirusScannerUnavailable: 'The virus scanner does not answer, and no file is taken without it.',
  QueryTooSlow: 'The database took too long.',
};
/** Not before this program is a newer one, or another node answers. */
const outdated = { headers: { 'Retry-After': '30' } };

const nameOf = (error: unknown): string => (typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '');
const statusOf = (error: unknown): unknown => (typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined);

export const problemOfFailure = (error: unknown, logger: Logger, correlationId: string): Problem => {
  const sentence = away[nameOf(error)];
  if (sentence !== undefined) {
    logger.warn({ correlationId, err: error }, 'a store is away');
    return problem('store-unavailable', sentence, retry);
  }
  if (nameOf(error) === 'UnreadableEvent') {
    logger.error({ correlationId, err: error }, 'the log holds what this program does not know');
    return problem('store-unavailable', 'This node cannot read the newest events.', outdated);
  }
  // The permission is there, but what is the company's own alone is not for a customer's users.
  if (nameOf(error) === 'QueryForbidden') return problem('forbidden', 'Only the company’s own may see this.');
  // Express itself refuses a path that is no valid percent-encoding.
  if (error instanceof URIError || statusOf(error) === 400) return problem('bad-request', 'The path cannot be decoded.');
  logger.error({ correlationId, err: error }, 'a request failed');
  return problem('internal-error', 'It has been logged under the correlation id.');
};
