/**
 * Search over everything a caller may see. Words are looked for as beginnings of words first; where that gives too little, by likeness of
 * trigrams, so that typing errors are forgiven. Both are served by the trigram index, which begins with the customer.
 */
import type { Kind } from '../../../projections/global-search/document.ts';
import { kinds } from '../../../projections/global-search/documents.ts';
import { globalSearchTable } from '../../../projections/global-search/tables.ts';
import { askedWords } from '../../../projections/global-search/words.ts';
import { type Caller, may } from '../../application/caller.ts';
import type { Found, Search } from '../../application/ports/queries.ts';
import type { Database, Session } from '../postgres/database.ts';
import { onSnapshot, readAsOf } from './snapshot.ts';
import { type BoundValues, boundValues } from './sql-text.ts';
import type { Statement } from './statements.ts';

/** Hits that are ranked; of a word that more documents have, these are as good as any. */
const rankedMax = 500;
const limitMax = 100;
const textMax = 200;
/** Forgives one wrong letter in words of five. */
const likeness = '0.4';
/** Likeness says nothing about shorter words. */
const comparedLengthMin = 3;
/** Of numbers with a common part none is meant for another: they are looked for within, as the end of a VIN is. */
const isNumber = (word: string): boolean => /\p{N}/u.test(word);

// Bitmap scans only: for a word that the planner takes for common, LIMIT would tempt it to read the table row by row.
const settings = `select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true), set_config('pg_trgm.word_similarity_threshold', '${likeness}', true)`;

type Looking = { readonly words: readonly string[]; readonly types: readonly string[]; readonly caller: Caller; readonly limit: number };
type Hit = Omit<Found, 'score'> & { readonly score: string };
type Matching = { readonly condition: (word: string, values: BoundValues) => string; readonly score: (word: string, values: BoundValues) => string };

const beginning: Matching = {
  condition: (word, values) => `q.search_text like ${values.one(`% ${word}%`, 'text')}`,
  // Whole words before beginnings; earlier ones, which are the title's, before later ones.
  score: (word, values) => {
    const whole = `case when strpos(q.search_text, ${values.one(` ${word} `, 'text')}) > 0 then 0.9 else 0.8 end`;
    return `(${whole} + 0.1 / (1 + strpos(q.search_text, ${values.one(` ${word}`, 'text')}) / 20))`;
  },
};
const alike: Matching = {
  condition: (word, values) => {
    if (word.length < comparedLengthMin) return beginning.condition(word, values);
    return isNumber(word) ? `q.search_text like ${values.one(`%${word}%`, 'text')}` : `q.search_text %> ${values.one(word, 'text')}`;
  },
  score: (word, values) => `0.7 * word_similarity(${values.one(word, 'text')}, q.search_text)`,
};

/** The same as row-level security says, so that the index that begins with the customer is used. */
const ownSql = ({ tenant, accounts }: Caller, values: BoundValues): readonly string[] => {
  if (tenant === null) return [];
  const own = `q.customer_id = ${values.one(tenant, 'uuid')}`;
  return accounts === 'all' ? [own] : [own, `(q.account_id is null or q.account_id = any(${values.list([...accounts], 'uuid')}))`];
};

const statement = (looking: Looking, matching: Matching, exceptIds: readonly string[]): Statement => {
  const values = boundValues();
  const conditions = [
    ...ownSql(looking.caller, values),
    `q.type = any(${values.list(looking.types, 'text')})`,
    ...looking.words.map((word) => matching.condition(word, values)),
    ...(exceptIds.length === 0 ? [] : [`q.id <> all(${values.list(exceptIds, 'uuid')})`]),
  ];
  const score = `(${looking.words.map((word) => matching.score(word, values)).join(' + ')}) / ${looking.words.length}`;
  const hits = `select q.* from ${globalSearchTable.name} q where ${conditions.join(' and ')} limit ${rankedMax}`;
  const columns = 'q.id::text as id, q.type, q.title, q.subtitle, q.description, q.route';
  const order = `order by (${score}) desc, q.title, q.id limit ${looking.limit - exceptIds.length}`;
  return { text: `select ${columns}, round((${score})::numeric, 4)::text as score from (${hits}) q ${order}`, values: values.bound };
};

const hitsOf = async (session: Session, looking: Looking): Promise<readonly Hit[]> => {
  await session.rows(settings);
  const first = statement(looking, beginning, []);
  const exact = await session.rows<Hit>(first.text, first.values);
  if (exact.length >= looking.limit) return exact;
  const exceptIds = exact.map(({ id }) => id);
  const second = statement(looking, alike, exceptIds);
  return [...exact, ...(await session.rows<Hit>(second.text, second.values))];
};

/** The kinds of things that the caller may look at. */
const typesFor = (caller: Caller, known: Readonly<Record<string, Kind>>): readonly string[] =>
  Object.entries(known).flatMap(([type, { permission }]) => (may(caller, permission) ? [type] : []));

export const search = (database: Database, known: Readonly<Record<string, Kind>> = kinds): Search => ({
  searchFor: async (text, caller, limit) => {
    if (text.length > textMax || !Number.isInteger(limit) || limit < 1 || limit > limitMax) throw new Error('a search of more than is allowed');
    const looking = { words: askedWords(text), types: typesFor(caller, known), caller, limit };
    return onSnapshot(database, caller, async (session) => {
      const asOf = await readAsOf(session, 'global-search');
      const hits = looking.words.length === 0 || looking.types.length === 0 ? [] : await hitsOf(session, looking);
      return { data: hits.map((hit) => ({ ...hit, score: Number(hit.score) })), asOf };
    });
  },
});
