/** Which of several nodes does what only one should do: held until it is freed or lost. Adapter: advisory locks (infrastructure/postgres). */
export interface Leadership {
  /** True where it is ours, also where it was before; false where another node has it. Throws where the store of locks is away. */
  take(name: string): Promise<boolean>;
  /** Frees everything. */
  close(): Promise<void>;
}
