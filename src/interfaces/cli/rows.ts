/** Rows of any number, a few thousand in memory at a time. */
type Row = Readonly<Record<string, unknown>>;

const rowsPerFetch = 2000;

/** Takes the rows of a select one after the other, as fast as they are taken; `ask` runs statements in one transaction. */
export const eachRow = async (ask: (text: string) => Promise<readonly Row[]>, select: string, take: (row: Row) => Promise<void> | void): Promise<void> => {
  await ask(`declare taken no scroll cursor for ${select}`);
  for (;;) {
    const rows = await ask(`fetch ${rowsPerFetch} from taken`);
    for (const row of rows) await take(row);
    if (rows.length < rowsPerFetch) break;
  }
  await ask('close taken');
};
