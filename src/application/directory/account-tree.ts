/** The account trees of all customers, as far as tenancy needs them: whose an account is and what stands below it. */
import type { StoredEvent } from '../ports/event-log.ts';

type Account = { readonly customerId: string; readonly parent: string | null; readonly name: string };

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export class AccountTree {
  readonly #accounts = new Map<string, Account>();
  readonly #customers = new Map<string, { revision: number; version: number; readonly accounts: Set<string> }>();
  readonly #children = new Map<string, Set<string>>();

  /** The revision of the customer's stream that is known; −1 where nothing is. */
  revisionOf(customerId: string): number {
    return this.#customers.get(customerId)?.revision ?? -1;
  }
  /** Moves with every change of the customer's tree or names. */
  versionOf(customerId: string): number {
    return this.#customers.get(customerId)?.version ?? 0;
  }
  customerOf(accountId: string): string | undefined {
    return this.#accounts.get(accountId)?.customerId;
  }
  nameOf(accountId: string): string | undefined {
    return this.#accounts.get(accountId)?.name;
  }
  accountsOf(customerId: string): ReadonlySet<string> {
    return this.#customers.get(customerId)?.accounts ?? new Set();
  }

  /** The accounts themselves and all below them (TE-3). Accounts of another customer are left out. */
  withDescendants(customerId: string, roots: readonly string[]): ReadonlySet<string> {
    const seen = new Set<string>();
    const open = roots.filter((root) => this.customerOf(root) === customerId);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      for (const child of this.#children.get(next) ?? []) open.push(child);
    }
    return seen;
  }

  /** Folds an event of a customer that is newer than what is known. */
  apply(event: StoredEvent): void {
    const customer = this.#customers.get(event.aggregateId) ?? { revision: -1, version: 0, accounts: new Set<string>() };
    this.#customers.set(event.aggregateId, customer);
    customer.revision = event.revision;
    const accountId = textOf(event.data['accountId']);
    if (accountId === null) return;
    if (this.#change(event, accountId)) customer.version += 1;
    if (this.#accounts.has(accountId)) customer.accounts.add(accountId);
  }

  #change(event: StoredEvent, accountId: string): boolean {
    const before = this.#accounts.get(accountId);
    const parent = textOf(event.data['parentAccountId']);
    const name = textOf(event.data['accountName']) ?? before?.name ?? '';
    switch (event.type) {
      case 'AccountOpened':
        this.#place(accountId, { customerId: event.aggregateId, parent, name });
        return true;
      case 'AccountMoved':
        this.#place(accountId, { customerId: event.aggregateId, parent, name });
        return true;
      case 'AccountChanged':
        if (before !== undefined) this.#accounts.set(accountId, { ...before, name });
        return before !== undefined;
      default:
        return false;
    }
  }

  #place(accountId: string, account: Account): void {
    const before = this.#accounts.get(accountId)?.parent ?? null;
    if (before !== null) this.#children.get(before)?.delete(accountId);
    if (account.parent !== null) this.#children.set(account.parent, (this.#children.get(account.parent) ?? new Set()).add(accountId));
    this.#accounts.set(accountId, account);
  }
}
