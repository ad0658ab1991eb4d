/** Writes the frozen fixture of every event that has none yet, and its checksum. Touches no other: what is in somebody's log stays as it was. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { Validator } from '../src/infrastructure/validation/validator.ts';
import { checksumOf, checksums, checksumsPath, fileOf, folder, freeze, frozenFiles, knownEvents } from '../tests/fixtures/frozen.ts';

mkdirSync(folder, { recursive: true });
const validator = new Validator();
const present = new Set(frozenFiles());
const recorded = checksums();
for (const event of knownEvents) {
  const file = fileOf(event.type, event.definition.version);
  if (present.has(file)) continue;
  if (recorded.has(file)) throw new Error(`${file} was frozen and is gone: bring it back from the history`);
  const frozen = freeze(event);
  const errors = frozen.samples.flatMap((sample) => validator.errorsOf(event.definition.schema, sample));
  if (errors.length > 0) throw new Error(`no valid sample of ${event.type}: ${JSON.stringify(errors)}`);
  writeFileSync(folder + file, `${JSON.stringify(frozen, null, 2)}\n`);
  appendFileSync(checksumsPath, `${checksumOf(file)}  events/${file}\n`);
  console.log(`froze ${file}`);
}
