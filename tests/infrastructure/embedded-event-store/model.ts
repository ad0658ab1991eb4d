/** What an event store is, in the simplest words: streams in memory, one list of everything, and the rules of the specification. */
import type { AppendExpectedRevision } from '@eventstore/db-client';

export type Recorded = { readonly stream: string; readonly revision: number; readonly id: string };
type ModelStream = {
  readonly events: Recorded[];
  firstReadable: number;
  maxCount: number | undefined;
  isDeleted: boolean;
  isTombstoned: boolean;
  hasMetadata: boolean;
  metaCount: number;
};
export type Outcome = { readonly kind: 'ok'; readonly revision: number } | { readonly kind: 'conflict' } | { readonly kind: 'deleted' };

export const tombstone = -2;

export class Model {
  readonly #streams = new Map<string, ModelStream>();
  /** Everything in the order it was written; ids of what the server writes by itself are empty. */
  readonly log: Recorded[] = [];

  last(name: string): number {
    return this.#of(name).events.length - 1;
  }

  append(name: string, ids: readonly string[], expected: AppendExpectedRevision): Outcome {
    const stream = this.#of(name);
    const verdict = this.#judge(stream, ids, expected);
    if (verdict !== 'new') return verdict;
    const first = stream.events.length;
    for (const id of ids) this.#add(name, id);
    if (ids.length > 0 && stream.isDeleted) {
      stream.isDeleted = false;
      stream.firstReadable = first;
      stream.maxCount = undefined;
      this.#addMetadata(name);
    }
    return { kind: 'ok', revision: stream.events.length - 1 };
  }

  delete(name: string, expected: AppendExpectedRevision): Outcome {
    const stream = this.#of(name);
    const verdict = this.#judge(stream, [], expected);
    if (verdict !== 'new') return verdict;
    if (stream.events.length === 0 && !stream.hasMetadata) return { kind: 'conflict' };
    this.#addMetadata(name);
    stream.isDeleted = true;
    return { kind: 'ok', revision: 0 };
  }

  tombstone(name: string): Outcome {
    const stream = this.#of(name);
    if (stream.isTombstoned) return { kind: 'deleted' };
    stream.isTombstoned = true;
    this.log.push({ stream: name, revision: tombstone, id: '' });
    return { kind: 'ok', revision: 0 };
  }

  describe(name: string, limits: { readonly maxCount?: number; readonly truncateBefore?: number }): Outcome {
    const stream = this.#of(name);
    if (stream.isTombstoned) return { kind: 'deleted' };
    this.#addMetadata(name);
    stream.firstReadable = limits.truncateBefore ?? 0;
    stream.maxCount = limits.maxCount;
    if (!stream.isDeleted) return { kind: 'ok', revision: 0 };
    stream.isDeleted = false;
    stream.firstReadable = stream.events.length;
    this.#addMetadata(name);
    return { kind: 'ok', revision: 0 };
  }

  /** What can be read, oldest first; a word for streams that cannot. */
  readable(name: string): readonly Recorded[] | 'absent' | 'deleted' {
    const stream = this.#of(name);
    if (stream.isTombstoned) return 'deleted';
    if (stream.events.length === 0 || stream.isDeleted) return 'absent';
    const counted = stream.maxCount === undefined ? 0 : stream.events.length - stream.maxCount;
    return stream.events.slice(Math.max(0, counted, stream.firstReadable));
  }

  #judge(stream: ModelStream, ids: readonly string[], expected: AppendExpectedRevision): Outcome | 'new' {
    if (stream.isTombstoned) return { kind: 'deleted' };
    const last = stream.events.length - 1;
    if (expected === 'stream_exists' && stream.isDeleted) return { kind: 'deleted' };
    if (expected === 'stream_exists' && last < 0 && !stream.hasMetadata) return { kind: 'conflict' };
    if (expected === 'any' || expected === 'stream_exists') return this.#judgeByIds(stream, ids);
    const asked = expected === 'no_stream' ? -1 : Number(expected);
    if (asked === last) return 'new';
    const written = stream.events.slice(asked + 1, asked + 1 + ids.length).map(({ id }) => id);
    if (asked < last && ids.length > 0 && written.join() === ids.join()) return { kind: 'ok', revision: asked + ids.length };
    return asked === -1 && stream.isDeleted ? 'new' : { kind: 'conflict' };
  }

  #judgeByIds(stream: ModelStream, ids: readonly string[]): Outcome | 'new' {
    const revisions = ids.map((id) => stream.events.findLastIndex((event) => event.id === id));
    if (revisions.length === 0 || revisions[0] === -1) return 'new';
    return revisions.includes(-1) ? { kind: 'conflict' } : { kind: 'ok', revision: revisions.at(-1) ?? -1 };
  }

  #add(name: string, id: string): void {
    const stream = this.#of(name);
    const event = { stream: name, revision: stream.events.length, id };
    stream.events.push(event);
    this.log.push(event);
  }

  #addMetadata(name: string): void {
    const stream = this.#of(name);
    stream.hasMetadata = true;
    this.log.push({ stream: `$$${name}`, revision: stream.metaCount, id: '' });
    stream.metaCount += 1;
  }

  #of(name: string): ModelStream {
    const found = this.#streams.get(name);
    if (found !== undefined) return found;
    const made = { events: [], firstReadable: 0, maxCount: undefined, isDeleted: false, isTombstoned: false, hasMetadata: false, metaCount: 0 };
    this.#streams.set(name, made);
    return made;
  }
}
