/** What the directory knows, folded event by event: the same whichever feed brings the events, each counted once. */
import { type Administrators, administrators } from '../../domain/administrators/decider.ts';
import { type ApiClient, apiClient } from '../../domain/api-client/decider.ts';
import { erase } from '../../domain/kernel/aggregate.ts';
import { erased } from '../../domain/kernel/personal.ts';
import { type Role, role } from '../../domain/role/decider.ts';
import { user } from '../../domain/user/decider.ts';
import { isEnded, type User } from '../../domain/user/state.ts';
import type { StoredEvent } from '../ports/event-log.ts';
import { AccountTree } from './account-tree.ts';
import { FoldedStates } from './folded.ts';

export type Holder = { readonly kind: 'user' | 'apiClient'; readonly id: string };

export class DirectoryView {
  readonly users = new FoldedStates<User>(erase(user));
  readonly roles = new FoldedStates<Role>(erase(role));
  readonly administrators = new FoldedStates<Administrators>(erase(administrators));
  readonly apiClients = new FoldedStates<ApiClient>(erase(apiClient));
  readonly tree = new AccountTree();
  readonly #holders = new Map<string, Holder>();
  readonly #emails = new Map<string, Holder>();
  /** Own appends that came before what precedes them in their stream: until the feed brings both, the stream's owner is not known well enough. */
  readonly #awaited = new Map<string, number>();

  /** Whose a token's `sub` is: a user that has not ended, or an API client that is not revoked. */
  holderOf(subject: string): Holder | undefined {
    return this.#holders.get(subject);
  }
  /** The user that has not ended with this e-mail. */
  userByEmail(email: string): string | undefined {
    return this.#emails.get(normalised(email))?.id;
  }
  /** Nothing is known to be missing. */
  get isWhole(): boolean {
    return this.#awaited.size === 0;
  }
  /** Is something missing of any of these streams? */
  awaitsAny(streams: readonly string[]): boolean {
    return streams.some((stream) => this.#awaited.has(stream));
  }

  /** One event of the log, in order. An event that is known already changes nothing. */
  apply(event: StoredEvent): void {
    const known = this.#revisionOf(event);
    if (known === undefined) return;
    if (event.revision > known) this.#fold(event);
    if ((this.#awaited.get(event.stream) ?? -1) <= event.revision) this.#awaited.delete(event.stream);
  }

  /** What this node has just appended. Without what precedes it in its stream it is not folded: the stream is awaited instead. */
  observeOwn(event: StoredEvent): void {
    const known = this.#revisionOf(event);
    if (known === undefined || event.revision <= known) return;
    if (event.revision === known + 1) this.#fold(event);
    else this.#awaited.set(event.stream, Math.max(event.revision, this.#awaited.get(event.stream) ?? -1));
  }

  #revisionOf(event: StoredEvent): number | undefined {
    switch (event.category) {
      case 'user':
        return this.users.revisionOf(event.aggregateId);
      case 'role':
        return this.roles.revisionOf(event.aggregateId);
      case 'administrators':
        return this.administrators.revisionOf(event.aggregateId);
      case 'apiClient':
        return this.apiClients.revisionOf(event.aggregateId);
      case 'customer':
        return this.tree.revisionOf(event.aggregateId);
      case 'subject':
        return -1;
      default:
        return undefined;
    }
  }

  #fold(event: StoredEvent): void {
    switch (event.category) {
      case 'user':
        this.#foldUser(event);
        break;
      case 'role':
        this.roles.apply(event);
        break;
      case 'administrators':
        this.administrators.apply(event);
        break;
      case 'apiClient':
        this.#foldApiClient(event);
        break;
      case 'customer':
        this.tree.apply(event);
        break;
      default:
        this.#forget(event.aggregateId);
    }
  }

  #foldUser(event: StoredEvent): void {
    const { before, after } = this.users.apply(event);
    const holder: Holder = { kind: 'user', id: event.aggregateId };
    move(this.#holders, { before: subjectOf(before?.state), after: subjectOf(after.state), holder });
    move(this.#emails, { before: emailOf(before?.state), after: emailOf(after.state), holder });
  }

  #foldApiClient(event: StoredEvent): void {
    const { before, after } = this.apiClients.apply(event);
    move(this.#holders, { before: machineOf(before?.state), after: machineOf(after.state), holder: { kind: 'apiClient', id: event.aggregateId } });
  }

  #forget(id: string): void {
    const known = this.users.get(id)?.state;
    if (known !== undefined && known.situation !== 'absent') this.users.replace(id, { ...known, email: erased, name: erased, subject: null });
  }
}

type Move = { readonly before: string | undefined; readonly after: string | undefined; readonly holder: Holder };
/** A value may already be another's: freed before it was taken, as seen out of order. Then it stays the other's. */
const move = (index: Map<string, Holder>, { before, after, holder }: Move): void => {
  if (before === after) return;
  if (before !== undefined && index.get(before)?.id === holder.id) index.delete(before);
  if (after !== undefined) index.set(after, holder);
};

const normalised = (email: string): string => email.normalize('NFKC').trim().toLowerCase();
const subjectOf = (state: User | undefined): string | undefined =>
  state === undefined || state.situation === 'absent' || isEnded(state.situation) || state.subject === null || state.subject === erased
    ? undefined
    : state.subject;
const emailOf = (state: User | undefined): string | undefined =>
  state === undefined || state.situation === 'absent' || isEnded(state.situation) || state.email === erased ? undefined : normalised(state.email);
const machineOf = (state: ApiClient | undefined): string | undefined => (state?.situation === 'active' ? state.subject : undefined);
