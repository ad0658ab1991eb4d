/** Where people sign in. It follows our model: what it is told replaces what it had. Adapters: infrastructure/delivery. */

/** A refusal or failure is a value, because it is recorded. `problem` has no personal data: a status, an error code. */
export type ProviderOutcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

export type WantedUser = {
  readonly userId: string;
  /** The provider's own id of the person: the `sub` of its tokens. */
  readonly subject: string;
  readonly email: string;
  readonly name: string;
  readonly isBlocked: boolean;
  /** Exactly these, of the roles that the provider knows. */
  readonly externalRoleIds: readonly string[];
};
export type WantedRole = { readonly roleId: string; readonly name: string };
export type ExternalUser = { readonly isBlocked: boolean; readonly externalRoleIds: readonly string[] };

/** Every call may be repeated: it says how things should be, not what to change. */
export interface IdentityProvider {
  /** Makes the user where it is missing; name, e-mail, block and roles are then as wanted. */
  ensureUser(user: WantedUser): Promise<ProviderOutcome<undefined>>;
  /** Makes or renames the role; gives the provider's id. */
  ensureRole(role: WantedRole): Promise<ProviderOutcome<string>>;
  /** The role is gone, also where it never was. */
  removeRole(roleId: string): Promise<ProviderOutcome<undefined>>;
  /** Nothing of the person is left, found by our id: the subject may be unreadable by now. */
  forgetUser(userId: string): Promise<ProviderOutcome<undefined>>;
  /** What the provider has; `undefined` where it has no such user. */
  userOf(subject: string): Promise<ProviderOutcome<ExternalUser | undefined>>;
}
