/** A refusal is a value: a stable code, a sentence for people, and the facts that led to it. It appends nothing. */
export type Rejection<C extends string = string> = {
  readonly code: C;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
};

/** Makes a refusal. `code` is one of the command's declared `rejects`; anything else does not compile. */
export const reject = <const C extends string>(code: C, message: string, details?: Readonly<Record<string, unknown>>): Rejection<C> => ({
  code,
  message,
  ...(details === undefined ? {} : { details }),
});

/** A decision is a list of events or one refusal; a list is an array, so this tells them apart. */
export const isRejection = <C extends string>(decision: readonly unknown[] | Rejection<C>): decision is Rejection<C> => !Array.isArray(decision);
