/**
 * Reading caught values. By their shape, not by `instanceof`: an error of Node itself is no instance of the `Error` of another
 * realm, such as the one that Jest gives each test file.
 */

/** The system's or SQLite's code of a caught value (`ENOENT`, `ERR_SQLITE_ERROR`), where it has one. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What a caught value says, for a sentence that goes on after it. */
export function messageOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return String(message);
}
