/** The customer's policies: each a sentence with a name, a refusal or nothing. */
import { reject } from '../kernel/rejection.ts';
import type { Account, PresentCustomer } from './state.ts';

export const accountsMax = 2000;
export const partsMax = 500;
export const treeDepthMax = 10;

/** A closed customer takes no change. */
export const notClosed = (state: PresentCustomer) => (state.situation === 'closed' ? reject('closed', 'The customer is closed.') : undefined);
export const notBlocked = (state: PresentCustomer) => (state.situation === 'blocked' ? reject('blocked', 'The customer is blocked.') : undefined);

/** A list of the customer's own things is bounded, so that its stream stays readable in one go. */
export const roomIn = (parts: Readonly<Record<string, unknown>>, max = partsMax) =>
  Object.keys(parts).length >= max ? reject('tooMany', `At most ${max} of these.`, { max }) : undefined;

export const children = (accounts: PresentCustomer['accounts'], parent: string): readonly string[] =>
  Object.entries(accounts)
    .filter(([, { parentAccountId }]) => parentAccountId === parent)
    .map(([id]) => id);

/** How many accounts stand above this one. The tree is at most `treeDepthMax` deep, so the walk is bounded even if it were not one. */
export const depthOf = (accounts: PresentCustomer['accounts'], id: string): number => {
  let depth = 0;
  for (let above = accounts[id]?.parentAccountId ?? null; above !== null && depth <= treeDepthMax; above = accounts[above]?.parentAccountId ?? null) depth += 1;
  return depth;
};

/** The levels below and including an account. */
export const heightOf = (accounts: PresentCustomer['accounts'], id: string): number =>
  1 + Math.max(0, ...children(accounts, id).map((child) => heightOf(accounts, child)));

/** Is `id` the account itself or somewhere above it? */
export const isAbove = (accounts: PresentCustomer['accounts'], id: string, account: string): boolean => {
  let at: string | null = account;
  for (let step = 0; at !== null && step <= treeDepthMax; step += 1) {
    if (at === id) return true;
    at = accounts[at]?.parentAccountId ?? null;
  }
  return false;
};

/** The parent exists, is open, and leaves room below it for `height` levels. */
export const fitsUnder = (accounts: PresentCustomer['accounts'], parent: string | undefined, height: number) => {
  if (parent === undefined) return height > treeDepthMax ? reject('tooDeep', `At most ${treeDepthMax} levels.`) : undefined;
  const above: Account | undefined = accounts[parent];
  if (above === undefined) return reject('unknownAccount', `There is no account ${parent}.`);
  if (!above.isOpen) return reject('parentClosed', 'The account above is closed.');
  if (depthOf(accounts, parent) + 1 + height > treeDepthMax) return reject('tooDeep', `At most ${treeDepthMax} levels.`);
  return undefined;
};

export const numberIsFree = (accounts: PresentCustomer['accounts'], accountNumber: string, except?: string) =>
  Object.entries(accounts).some(([id, account]) => id !== except && account.accountNumber.toLowerCase() === accountNumber.toLowerCase())
    ? reject('accountNumberTaken', `The account number ${accountNumber} is in use.`)
    : undefined;
