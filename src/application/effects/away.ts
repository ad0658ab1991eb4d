/** Telling what fails because something is away, and will be back, from what fails for a reason of its own. */
import { BlobStoreUnavailable } from '../ports/blob-store.ts';
import { StoreUnavailable } from '../ports/event-log.ts';
import { DatabaseUnavailable } from '../ports/read-models.ts';
import { VirusScannerUnavailable } from '../ports/virus-scanner.ts';
import { EndlessContention } from '../processes/reacting.ts';

const causesMax = 5;
const away = [StoreUnavailable, BlobStoreUnavailable, DatabaseUnavailable, VirusScannerUnavailable, EndlessContention] as const;
/** Node's and undici's codes for a network, a name server or a peer that does not answer; by shape, because errors of Node are of another realm in tests. */
const networkCode = /^(?:ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|EAI_|ENOTFOUND|UND_ERR_(?:CONNECT|HEADERS|BODY|SOCKET))/;
const codeOf = (error: object): string => ('code' in error && typeof error.code === 'string' ? error.code : '');

/** A store, a scanner or the network is away, as the error or one that caused it says: trying again is of use, however long it takes. */
export const isAway = (error: unknown): boolean => {
  let at = error;
  for (let depth = 0; depth < causesMax && typeof at === 'object' && at !== null; depth += 1) {
    const each: object = at;
    if (away.some((kind) => each instanceof kind) || networkCode.test(codeOf(each))) return true;
    at = 'cause' in each ? each.cause : undefined;
  }
  return false;
};
