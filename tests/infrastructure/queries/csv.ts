/** Reads CSV as Postgres writes it (RFC 4180, lines ended by LF); an empty cell without quotes is null. */
export function csvRows(csv: string): readonly (readonly (string | null)[])[] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  let at = 0;
  while (at < csv.length) {
    const quoted = /"((?:[^"]|"")*)"/y;
    const bare = /[^,\n]*/y;
    quoted.lastIndex = at;
    bare.lastIndex = at;
    const inQuotes = quoted.exec(csv);
    const text = inQuotes ?? bare.exec(csv);
    row.push(inQuotes === null ? text?.[0] || null : (inQuotes[1] ?? '').replaceAll('""', '"'));
    at += text?.[0].length ?? 0;
    if (csv[at] === '\n') {
      rows.push(row);
      row = [];
    }
    at += 1;
  }
  return rows;
}
