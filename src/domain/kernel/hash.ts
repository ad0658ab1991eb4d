import { hash } from 'node:crypto';

/** Canonical JSON (keys sorted by code unit, no white space), the form that is hashed: equal values have equal text. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
};

/** SHA-256 of the canonical JSON, as 64 hexadecimal digits: equal content has an equal hash. Not for personal fields, whose hash would outlive them. */
export const contentHash = (value: unknown): string => hash('sha256', canonicalJson(value));
