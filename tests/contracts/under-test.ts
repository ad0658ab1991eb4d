/** What contracts of adapters have in common. */

/** Works with what an adapter's test opens, and closes it whatever becomes of the work. */
export const within =
  <U extends { readonly close: () => Promise<void> }>(open: () => Promise<U>) =>
  async (work: (under: U) => Promise<void>): Promise<void> => {
    const under = await open();
    try {
      await work(under);
    } finally {
      await under.close();
    }
  };

export async function* inChunks(content: Uint8Array, size = 1024): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.byteLength; at += size) yield content.subarray(at, at + size);
}
