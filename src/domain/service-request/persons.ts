/**
 * Details that are a person's: a driver's name, a telephone. The service type's schema marks them `x-personal`; in events they stand apart
 * from the others, encrypted under the request's own key, and go when whom the request names is forgotten (ES-9).
 */
import { personalPaths } from '../kernel/personal.ts';

type Details = Readonly<Record<string, unknown>>;
/** One detail by its name. */
export type PersonalDetail = { readonly field: string; readonly text: string };

/** The longest that is kept, in characters; and how many there may be. */
export const personalTextMax = 4000;
export const personalDetailsMax = 50;

const marks = (schema: unknown) => personalPaths(typeof schema === 'object' && schema !== null ? { ...schema } : {});
const marked = (schema: unknown): ReadonlySet<string> =>
  new Set(marks(schema).flatMap(([field, ...rest]) => (field === undefined || rest.length > 0 ? [] : [field])));
const isKept = (text: unknown): text is string => typeof text === 'string' && [...text].length <= personalTextMax;

/** Only texts at the first level can be kept apart; what is marked and is none is a mistake that is told, never kept in clear. */
export const personalMistakes = (details: Details, schema: unknown): readonly { readonly pointer: string; readonly message: string }[] => {
  const deep = marks(schema).filter((path) => path.length !== 1 && (path[0] === undefined || Object.hasOwn(details, path[0])));
  const fields = [...marked(schema)].filter((field) => Object.hasOwn(details, field));
  const message = `is a person’s, so it must be a text of at most ${personalTextMax} characters`;
  return [
    ...deep.map((path) => ({ pointer: `/${path.join('/')}`, message: 'is marked as a person’s where it cannot be kept apart' })),
    ...fields.filter((field) => !isKept(details[field])).map((field) => ({ pointer: `/${field}`, message })),
    ...(fields.length > personalDetailsMax ? [{ pointer: '', message: `at most ${personalDetailsMax} details are a person’s` }] : []),
  ];
};

/** As an event keeps them. */
export const apart = (details: Details, schema: unknown): { readonly details: Details; readonly persons?: readonly PersonalDetail[] } => {
  const fields = marked(schema);
  const persons = Object.entries(details).flatMap(([field, text]) => (fields.has(field) && isKept(text) ? [{ field, text }] : []));
  if (persons.length === 0) return { details };
  return { details: Object.fromEntries(Object.entries(details).filter(([field]) => !fields.has(field))), persons };
};

/** As they were said. */
export const together = ({ details, persons = [] }: { readonly details: Details; readonly persons?: readonly PersonalDetail[] }): Details => ({
  ...details,
  ...Object.fromEntries(persons.map(({ field, text }) => [field, text])),
});
