/** What every reader needs. */
import type { EventLog } from '../storage/log.ts';
import type { WriteQueue } from '../write/queue.ts';
import type { LinkIndex } from './links.ts';
import type { Signals } from './signals.ts';

export type Store = { readonly log: EventLog; readonly queue: WriteQueue; readonly links: LinkIndex; readonly signals: Signals };
