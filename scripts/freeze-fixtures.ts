/**
 * Writes the frozen fixture of every event that has none yet, and its checksum. Touches no other: what is in somebody's log stays as it was.
 * `--unreleased Type …` freezes those events again: only for events that no released version ever wrote.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { Validator } from '../src/infrastructure/validation/validator.ts';
import { checksumOf, checksums, checksumsPath, fileOf, folder, freeze, frozenFiles, knownEvents } from '../tests/fixtures/frozen.ts';

const [option, ...types] = process.argv.slice(2);
if (option !== undefined && option !== '--unreleased') throw new Error(`unknown option ${option}`);
const unknown = types.filter((type) => !knownEvents.some((event) => event.type === type));
if (unknown.length > 0) throw new Error(`no event is called ${unknown.join(', ')}`);

mkdirSync(folder, { recursive: true });
const validator = new Validator();
const recorded = new Map(checksums());
for (const { type, definition } of knownEvents.filter((event) => types.includes(event.type))) {
  rmSync(folder + fileOf(type, definition.version), { force: true });
  recorded.delete(fileOf(type, definition.version));
}
const present = new Set(frozenFiles());
for (const event of knownEvents) {
  const file = fileOf(event.type, event.definition.version);
  if (present.has(file)) continue;
  if (recorded.has(file)) throw new Error(`${file} was frozen and is gone: bring it back from the history`);
  const frozen = freeze(event);
  const errors = frozen.samples.flatMap((sample) => validator.errorsOf(event.definition.schema, sample));
  if (errors.length > 0) throw new Error(`no valid sample of ${event.type}: ${JSON.stringify(errors)}`);
  writeFileSync(folder + file, `${JSON.stringify(frozen, null, 2)}\n`);
  recorded.set(file, checksumOf(file));
  console.log(`froze ${file}`);
}
const lines = [...recorded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, checksum]) => `${checksum}  events/${file}\n`);
writeFileSync(checksumsPath, lines.join(''));
