/** All groups: created, changed and deleted here, kept in `$persistentSubscriptionConfig`, loaded again at the next start. */
import { groupExists, groupFailed, groupNotFound } from '../grpc/failure.ts';
import type { Store } from '../read/context.ts';
import { filterOf } from '../read/filter.ts';
import { contentOf } from '../wire/stored-event.ts';
import { append, systemEvent } from '../write/operations.ts';
import { Group } from './group.ts';
import { allStream, type GroupConfig, type GroupKey, keyText, strategyNames } from './model.ts';
import { deleteStreams } from './system-streams.ts';

const configStream = '$persistentSubscriptionConfig';
const tickMs = 1000;

/** The boundary to what an earlier run of this class wrote. */
const configsOf = (data: Buffer): readonly GroupConfig[] => {
  const parsed = JSON.parse(data.toString('utf8')) as { readonly entries?: readonly GroupConfig[] };
  return parsed.entries ?? [];
};

export class Groups {
  readonly #store: Store;
  readonly #groups = new Map<string, Group>();
  /** Streams that ever had a group: their list is empty, not unknown, once the last one is deleted. */
  readonly #streamsKnown = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(store: Store) {
    this.#store = store;
    this.#load();
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
  }

  find(key: GroupKey): Group {
    const group = this.#groups.get(keyText(key));
    if (group === undefined) throw groupNotFound(key);
    return group;
  }

  async create(config: GroupConfig): Promise<void> {
    if (this.#groups.has(keyText(config.key))) throw groupExists(config.key);
    this.#validate(config);
    this.#run(config);
    await this.#save();
  }

  /** Consumers are dropped; the filter stays; the group resumes from its checkpoint, else from the new start. */
  async update(config: GroupConfig): Promise<void> {
    const current = this.find(config.key);
    const { filter } = current.config;
    const changed = { key: config.key, settings: config.settings, start: config.start, ...(filter === undefined ? {} : { filter }) };
    this.#validate(changed);
    current.stop(true);
    this.#run(changed);
    await this.#save();
  }

  async delete(key: GroupKey): Promise<void> {
    this.find(key).stop(true);
    this.#groups.delete(keyText(key));
    await this.#save();
    await deleteStreams(this.#store, key);
  }

  /** Drops every consumer and loads all groups again. */
  restart(): void {
    for (const group of this.#groups.values()) group.stop(true);
    this.#groups.clear();
    this.#load();
  }

  all(): readonly Group[] {
    return [...this.#groups.values()];
  }

  ofStream(stream: string): readonly Group[] {
    if (!this.#streamsKnown.has(stream)) throw groupNotFound({ stream, group: '' });
    return this.all().filter((group) => group.config.key.stream === stream);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const group of this.#groups.values()) group.stop(true);
  }

  #run(config: GroupConfig): void {
    this.#streamsKnown.add(config.key.stream);
    this.#groups.set(keyText(config.key), new Group(this.#store, config));
  }

  #validate({ key, settings, start, filter }: GroupConfig): void {
    if (key.stream === '') throw groupFailed(key, 'The stream name must not be empty');
    if (key.group === '') throw groupFailed(key, 'The group name must not be empty');
    if (!strategyNames.some((name) => name === settings.strategy)) throw groupFailed(key, `Consumer strategy ${settings.strategy} does not exist.`);
    if (settings.readBatchSize >= settings.historyBufferSize) throw groupFailed(key, 'BufferSize must be larger than ReadBatchSize.');
    if (key.stream === allStream && start >= this.#store.log.next) {
      throw groupFailed(key, 'Invalid Start From position: commit position must be less than or equal to the last commit position in the transaction file.');
    }
    if (filter !== undefined) filterOf(filter);
  }

  async #save(): Promise<void> {
    const { log, queue } = this.#store;
    const entries = this.all().map((group) => group.config);
    const data = JSON.stringify({ version: '2', updated: new Date().toISOString(), entries });
    await queue.write(() => append(log, { stream: configStream, expected: { kind: 'any' }, events: [systemEvent('$PersistentConfig', data)] }));
  }

  #load(): void {
    const { log } = this.#store;
    const state = log.stateOf(configStream);
    const event = state.last < 0 ? undefined : log.eventOf(state.stream, state.last);
    for (const config of event === undefined ? [] : configsOf(contentOf(event.record).data)) this.#run(config);
  }

  #tick(): void {
    const nowMs = Date.now();
    for (const group of this.#groups.values()) group.tick(nowMs);
  }
}
