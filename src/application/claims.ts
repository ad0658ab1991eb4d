/**
 * Unique values across aggregates, by contest and fence (docs/decisions/0002-claims.md): a claim stream per value names its owner;
 * whether the owner still holds the value is asked of the owner's own state, never of the claim alone. Nothing is ever released
 * explicitly: a claim whose owner does not hold the value is taken over by the next who wants it, so a crash at any step heals.
 */
import { createHmac } from 'node:crypto';
import type { Claim } from '../domain/kernel/aggregate.ts';
import type { EventLog, NewEvent, StoredEvent } from './ports/event-log.ts';
import type { Loaded, States } from './states.ts';
import { type Appender, systemEvent } from './system-stream.ts';

const attemptsMax = 20;
export type ClaimOwner = { readonly category: string; readonly id: string };
export type ClaimOutcome = 'held' | 'taken' | 'busy';

const normalised = (value: string): string => value.normalize('NFKC').trim().toLowerCase();
export const sameClaim = (a: Claim, b: Claim): boolean => a.kind === b.kind && a.scope === b.scope && normalised(a.value) === normalised(b.value);

export class Claims {
  readonly #log: EventLog;
  readonly #states: States;
  readonly #key: Uint8Array;

  /** `key`: this installation's secret; without it nobody can find out from stream names which values are in use. */
  constructor(log: EventLog, states: States, key: Uint8Array) {
    this.#log = log;
    this.#states = states;
    this.#key = key;
  }

  /** The stream of a value: a name-based UUID (version 8, RFC 9562) over an HMAC of kind, scope and normalised value. */
  streamOf(claim: Claim): string {
    const hash = createHmac('sha256', this.#key)
      .update(JSON.stringify([claim.kind, claim.scope, normalised(claim.value)]))
      .digest();
    hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
    hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = hash.toString('hex', 0, 16);
    return `claim-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Who holds the value now; nobody where it was never taken, or where its last owner has let it go. */
  async holderOf(claim: Claim): Promise<ClaimOwner | undefined> {
    const [last] = await this.#log.read(this.streamOf(claim), { backwards: true, max: 1 });
    if (last === undefined) return undefined;
    const owner = { category: String(last.data['ownerCategory']), id: String(last.data['ownerId']) };
    return holds(await this.#states.loadFresh(owner.category, owner.id), claim) ? owner : undefined;
  }

  /** Takes the claim for an owner that has read its own stream before. `taken`: another aggregate holds the value. */
  async take(claim: Claim, me: ClaimOwner, by: Appender): Promise<ClaimOutcome> {
    const stream = this.streamOf(claim);
    // Nearly every value is a new one, so its stream is begun unseen.
    if ((await this.#append(stream, claimedBy(claim, me, by), -1)) === 'held') return 'held';
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const outcome = await this.#attempt(claim, { stream, me, by });
      if (outcome !== 'again') return outcome;
    }
    return 'busy';
  }

  async #attempt(
    claim: Claim,
    { stream, me, by }: { readonly stream: string; readonly me: ClaimOwner; readonly by: Appender },
  ): Promise<ClaimOutcome | 'again'> {
    const [last] = await this.#log.read(stream, { backwards: true, max: 1 });
    const claimed = claimedBy(claim, me, by);
    if (last === undefined) return this.#append(stream, claimed, -1);
    const owner: ClaimOwner = { category: String(last.data['ownerCategory']), id: String(last.data['ownerId']) };
    if (owner.category === me.category && owner.id === me.id) {
      // A contest that is open against us must be answered first: its contender may be about to claim at the contested revision.
      return last.type === 'ValueClaimed' ? 'held' : this.#append(stream, claimed, last.revision);
    }
    return this.#contest(claim, { stream, me, by, last, owner, claimed });
  }

  async #contest(claim: Claim, contest: Contest): Promise<ClaimOutcome | 'again'> {
    const { stream, me, by, last, owner, claimed } = contest;
    // Before anything is written, the usual case: the owner plainly holds the value.
    if (holds(await this.#states.loadFresh(owner.category, owner.id), claim)) return 'taken';
    const contested = systemEvent(by, 'ClaimContested', { ownerCategory: owner.category, ownerId: owner.id, contender: me.id });
    const asked = await this.#log.append(stream, [contested], last.revision);
    if (!asked.ok) return 'again';
    const holder = await this.#states.loadFresh(owner.category, owner.id);
    if (holds(holder, claim)) return 'taken';
    const fence = systemEvent(by, 'StreamFenced', { reason: 'claim', by: me.id });
    const fenced = await this.#log.append(holder.stream, [fence], holder.revision);
    if (!fenced.ok) return 'again';
    return this.#append(stream, claimed, asked.revision);
  }

  async #append(stream: string, event: NewEvent, expected: number): Promise<'held' | 'again'> {
    return (await this.#log.append(stream, [event], expected)).ok ? 'held' : 'again';
  }
}

type Contest = {
  readonly stream: string;
  readonly me: ClaimOwner;
  readonly by: Appender;
  readonly last: StoredEvent;
  readonly owner: ClaimOwner;
  readonly claimed: NewEvent;
};

const claimedBy = (claim: Claim, me: ClaimOwner, by: Appender): NewEvent =>
  systemEvent(by, 'ValueClaimed', { kind: claim.kind, ownerCategory: me.category, ownerId: me.id, commandId: by.commandId });

const holds = (owner: Loaded, claim: Claim): boolean => owner.aggregate.claims(owner.state, owner.id).some((held) => sameClaim(held, claim));
