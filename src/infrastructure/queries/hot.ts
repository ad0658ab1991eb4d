/** Which statements are worth preparing: the ones asked again and again. Bounded, because every connection keeps each of them. */
import { LRUCache } from 'lru-cache';

/** With 20 connections and some 50 KiB a statement, about 100 MiB of the database's memory at worst. */
const preparedMax = 100;
const watchedMax = 2000;
const timesBefore = 5;

/** Gives a name to a text that was asked for often enough, the same one from then on. */
export const hotNames = (): ((text: string) => string | undefined) => {
  const names = new Map<string, string>();
  const seen = new LRUCache<string, number>({ max: watchedMax });
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= preparedMax) return known;
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times < timesBefore) return undefined;
    const name = `query_${names.size}`;
    names.set(text, name);
    return name;
  };
};
