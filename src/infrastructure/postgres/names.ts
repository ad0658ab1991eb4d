/** Names of what is in the database, and how they are written in statements. */
import pg from 'pg';

/** Live read models. */
export const liveSchema = 'read_models';
/** What is kept over a rebuild: checkpoints, versions, logins. */
export const keptSchema = 'kept';
/** Keys of data subjects. */
export const vaultSchema = 'vault';

/** An identifier, always quoted. */
export const id = (name: string): string => pg.escapeIdentifier(name);
/** `"schema"."name"`. */
export const qualified = (schema: string, name: string): string => `${id(schema)}.${id(name)}`;
export const literal = (text: string): string => pg.escapeLiteral(text);

/** Session variables that the policies read; set with `set local` only. */
export const variables = { customer: 'app.customer', accounts: 'app.accounts', permissions: 'app.permissions' } as const;
/** The value of `app.accounts` for a caller who sees the whole customer. */
export const allAccounts = 'all';
