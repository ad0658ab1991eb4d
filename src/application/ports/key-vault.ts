/** The keys of data subjects: the one thing beside the log that cannot be rebuilt, because it must be able to vanish. */
export interface KeyVault {
  /** The subject's key (32 bytes), made on first use. `undefined` once the subject is forgotten: then nothing more is written about it in clear. */
  keyFor(subject: string): Promise<Uint8Array | undefined>;
  /** The keys of many subjects at once; a forgotten or unknown subject has none. */
  keysOf(subjects: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Destroys the key for ever. Repeating it changes nothing. */
  destroy(subject: string): Promise<void>;
}
