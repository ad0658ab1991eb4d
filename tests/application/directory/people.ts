/** Events as the log gives them, for the directory: a user, its roles, a customer and its accounts. */
import type { StoredEvent } from '../../../src/application/ports/event-log.ts';
import { id, now } from '../../kit/decider.ts';

/** Appends to streams in memory: revisions count by themselves, positions by hundreds. */
export class Story {
  readonly events: StoredEvent[] = [];
  readonly #revisions = new Map<string, number>();

  /** The next event of a stream; `skipping`: as if others had come in between. */
  add(category: string, name: string, type: string, data: Readonly<Record<string, unknown>> = {}): StoredEvent {
    const aggregateId = id(name);
    const stream = `${category}-${aggregateId}`;
    const revision = (this.#revisions.get(stream) ?? -1) + 1;
    this.#revisions.set(stream, revision);
    const event: StoredEvent = {
      id: id(`${stream}@${revision}`),
      type,
      data,
      stream,
      category,
      aggregateId,
      revision,
      position: BigInt(this.events.length + 1) * 100n,
      metadata: {
        $correlationId: id('correlation'),
        $causationId: id('causation'),
        commandId: id(`command ${stream}@${revision}`),
        commandHash: '',
        tenant: null,
        account: null,
        actor: { kind: 'system', id: 'test' },
        schemaVersion: 1,
        occurredAt: now,
      },
    };
    this.events.push(event);
    return event;
  }

  get tail(): bigint {
    return this.events.at(-1)?.position ?? 0n;
  }

  role(name: string, permissions: readonly string[], customer?: string): StoredEvent {
    return this.add('role', name, 'RoleDefined', { name, permissions, isShared: false, ...(customer === undefined ? {} : { customerId: id(customer) }) });
  }
  account(customer: string, name: string, parent?: string): StoredEvent {
    const place = parent === undefined ? {} : { parentAccountId: id(parent) };
    return this.add('customer', customer, 'AccountOpened', { accountId: id(name), accountName: name, accountNumber: name, ...place });
  }
  /** Invited, linked as `auth0|<name>` and approved. */
  activeUser(name: string, options: { readonly customer?: string; readonly roles?: readonly string[]; readonly accounts?: readonly string[] } = {}): void {
    const customer = options.customer === undefined ? {} : { customerId: id(options.customer) };
    this.add('user', name, 'UserInvited', { email: `${name}@example.org`, name, expiresAt: now, ...customer });
    for (const [index, role] of (options.roles ?? []).entries()) this.add('user', name, 'RoleAssigned', { roleId: id(role), isPrimary: index === 0 });
    if (options.accounts !== undefined && options.accounts.length > 0) this.add('user', name, 'AccountsAssigned', { accountIds: options.accounts.map(id) });
    this.add('user', name, 'IdentityLinked', { subject: `auth0|${name}` });
    this.add('user', name, 'UserApproved');
  }
}
