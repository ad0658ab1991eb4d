/** What the terminal says when all is ready: where things are, and lines that work as printed. */
import type { Configuration } from '../../infrastructure/configuration.ts';
import { demoPeople } from '../demo/people.ts';
import type { Progress } from './progress.ts';
import type { System } from './system.ts';
import { parts } from './tokens.ts';

const shownUsers = ['admin', 'gerente', 'vendedor', 'technician', 'auditor', 'north-admin', 'north-dispatch'];

export const welcome = async (system: System, { dataFolder, demo }: Configuration, progress: Progress): Promise<void> => {
  const { httpUrl, eventStoreUrl } = system;
  progress.say('');
  if (httpUrl !== undefined) {
    progress.say(`  API          ${httpUrl}`);
    progress.say(`  Try it       ${httpUrl}/docs`);
  }
  progress.say(`  Event store  ${eventStoreUrl}`);
  progress.say(`  Data         ${dataFolder} (runtime.json says where Postgres is)`);
  const issuer = await system.part(parts.issuer);
  if (httpUrl !== undefined && issuer !== undefined && demo) {
    progress.say('\n  A token for each role of the demonstration (12 hours):');
    for (const { user, docs } of demoPeople.filter((person) => shownUsers.includes(person.user))) {
      progress.say(`\n  ${user} — ${docs}\n  ${issuer.issue(`demo|${user}`, { nowMs: Date.now() }).access_token}`);
    }
    const token = `$(curl -s -X POST ${httpUrl}/dev/token -H 'Content-Type: application/json' -d '{"user":"gerente"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`;
    progress.say('\n  Three lines to begin with:\n');
    progress.say(`  TOKEN=${token}`);
    progress.say(`  curl -s -H "Authorization: Bearer $TOKEN" '${httpUrl}/queries/equipment?limit=3&fields=unit_number,status'`);
    progress.say(`  curl -s -H "Authorization: Bearer $TOKEN" '${httpUrl}/queries/search?q=transportes'`);
  }
  progress.say('\n  Ctrl-C stops it; the next start goes on where this one was.\n');
};
