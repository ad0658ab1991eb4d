/** Parts by key, as states hold them. */
type Parts<T> = Readonly<Record<string, T>>;

export const without = <T>(parts: Parts<T>, key: string): Parts<T> => Object.fromEntries(Object.entries(parts).filter(([name]) => name !== key));
/** A part that is not there stays so. */
export const withChange = <T>(parts: Parts<T>, key: string, change: Partial<NoInfer<T>>): Parts<T> => {
  const before = parts[key];
  return before === undefined ? parts : { ...parts, [key]: { ...before, ...change } };
};
