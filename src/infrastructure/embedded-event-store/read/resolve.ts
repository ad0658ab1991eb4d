/** Link events: type `$>`, data `<revision>@<stream>`. */
import type { EventLog } from '../storage/log.ts';
import { contentOf, type StoredEvent, typeOf } from '../wire/stored-event.ts';
import { isTombstoned } from '../write/expectation.ts';
import { isVirtual } from './link-names.ts';
import type { LinkIndex } from './links.ts';
import { firstReadable, isExpired } from './visibility.ts';

/** What a reader gets for an event of the log: itself, or the target of a link with the link beside it; a link that leads nowhere comes alone. */
export type Resolved = { readonly event?: StoredEvent; readonly link?: StoredEvent };

const linkTarget = /^(\d+)@([\s\S]+)$/;

const readable = (log: EventLog, stream: string, revision: number): StoredEvent | undefined => {
  const state = log.stateOf(stream);
  if (state.stream === 0 || state.metadata.isSoftDeleted || revision < firstReadable(state) || isTombstoned(log, stream)) return undefined;
  const event = log.eventOf(state.stream, revision);
  return event === undefined || isExpired(state, event, Date.now()) ? undefined : event;
};

/** The event's other half, if it is a link that can be parsed; `$@` and anything else stay as they are. */
export const resolve = (log: EventLog, links: LinkIndex, original: StoredEvent): Resolved => {
  if (typeOf(original.record) !== '$>') return { event: original };
  const [, revision, stream] = linkTarget.exec(contentOf(original.record).data.toString('utf8')) ?? [];
  if (revision === undefined || stream === undefined) return { event: original };
  const target = isVirtual(stream) ? links.eventOf(stream, Number(revision)) : readable(log, stream, Number(revision));
  return target === undefined ? { link: original } : { event: target, link: original };
};
