/**
 * A program for the tests to start and kill: takes the instance lock, starts Postgres on the folder of its first argument, prints one line of
 * JSON, and on SIGINT tells whether Postgres still answers, then stops it. The second argument names the launcher.
 */
import { join } from 'node:path';
import pg from 'pg';
import { acquireInstanceLock } from '../../../src/infrastructure/instance-lock.ts';
import { startEmbeddedPostgres } from '../../../src/infrastructure/postgres/embedded/server.ts';

const [folder = '', launcher] = process.argv.slice(2);
const lock = acquireInstanceLock(folder);
if (!lock.ok) {
  console.log(JSON.stringify({ refused: lock.error }));
  process.exit(3);
}
const server = await startEmbeddedPostgres({ folder: join(folder, 'postgres'), launcher: launcher === 'pg_ctl' ? 'pg_ctl' : 'supervised' });
process.once('SIGINT', async () => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const answer = await client.query('select 42 as answer');
  await client.end();
  console.log(JSON.stringify({ answer: answer.rows[0].answer }));
  await server.stop();
  lock.release();
});
console.log(JSON.stringify({ url: server.url }));
