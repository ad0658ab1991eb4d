/** Values against schemas: every error at once, each at its field, in words for people. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { annotations, type TSchema } from '../../domain/kernel/schema.ts';
import { formats } from './formats.ts';
import { compilable, keywords } from './schema-form.ts';
import { type ParsedJson, parseJsonBytes } from './strict-json.ts';

/** One mistake; `pointer` is a JSON Pointer (RFC 6901) to the field, `''` for the whole. */
export type FieldError = { readonly pointer: string; readonly message: string };

const errorsMax = 500;

/** Compiles each schema once, at its first use or ahead by `prepare`. */
export class Validator {
  readonly #ajv: Ajv2020;
  readonly #compiled = new WeakMap<object, ValidateFunction>();

  constructor() {
    this.#ajv = new Ajv2020({ allErrors: true, strict: true, discriminator: true, validateFormats: true, messages: true, allowUnionTypes: true });
    for (const [name, check] of Object.entries(formats)) this.#ajv.addFormat(name, { type: 'string', validate: check });
    for (const name of annotations) this.#ajv.addKeyword({ keyword: name, valid: true });
    for (const [keyword, { type, holds }] of Object.entries(keywords)) {
      this.#ajv.addKeyword({ keyword, type, schemaType: 'boolean', validate: (_: unknown, value: unknown) => holds(value) });
    }
  }

  /** The body of a request as strict JSON. */
  parse(bytes: Uint8Array): ParsedJson {
    return parseJsonBytes(bytes);
  }

  /** Throws where the schema itself is wrong: a mistake of ours; the tests prepare every schema of the model. */
  prepare(schema: TSchema): void {
    this.#check(schema);
  }

  /** The mistakes of `value`, at most 500; none: it is valid. */
  errorsOf(schema: TSchema, value: unknown): readonly FieldError[] {
    const check = this.#check(schema);
    if (check(value)) return [];
    const errors = withoutChoices(check.errors ?? []).map(fieldErrorOf);
    return [...new Map(errors.slice(0, errorsMax).map((error) => [`${error.pointer} ${error.message}`, error])).values()];
  }

  #check(schema: TSchema): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const form = compilable(JSON.parse(JSON.stringify(schema)));
    if (typeof form !== 'object' || form === null) throw new Error('a schema is an object');
    const check = this.#ajv.compile(form);
    this.#compiled.set(schema, check);
    return check;
  }
}

/** Where none of several shapes fits, what each of them would have wanted says less than that none fits. */
const withoutChoices = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  const choices = errors.filter(({ keyword }) => keyword === 'anyOf');
  // The same for a name that is not permitted: Ajv also tells which rule of names it broke, at the object.
  const told = errors.filter(({ keyword, propertyName }) => propertyName === undefined || keyword === 'propertyNames');
  if (choices.length === 0) return told;
  return told.filter((error) => !choices.some((choice) => error !== choice && error.schemaPath.startsWith(`${choice.schemaPath}/`)));
};

const parameter = (error: ErrorObject, name: string): string => String(Reflect.get(error.params, name));
const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const fieldErrorOf = (error: ErrorObject): FieldError => {
  const at = error.instancePath;
  switch (error.keyword) {
    case 'required':
      return { pointer: `${at}/${escaped(parameter(error, 'missingProperty'))}`, message: 'is required' };
    case 'additionalProperties':
      return { pointer: `${at}/${escaped(parameter(error, 'additionalProperty').slice(0, 200))}`, message: 'is not a known field' };
    case 'propertyNames':
      return { pointer: `${at}/${escaped(parameter(error, 'propertyName').slice(0, 200))}`, message: 'is not a permitted name' };
    case 'discriminator':
      return { pointer: `${at}/${escaped(parameter(error, 'tag'))}`, message: 'must name one of the known kinds' };
    default:
      return { pointer: at, message: messageOf(error) };
  }
};

const articles: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  integer: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
};
const formatWords: Readonly<Record<string, string>> = {
  date: 'a date that exists, such as 2026-01-31',
  instant: 'an instant in UTC with milliseconds, such as 2026-01-31T08:15:00.000Z',
  uuid: 'a UUID in lower case',
  email: 'an e-mail address',
  uri: 'an address that begins with https:// or http://',
  'time-zone': 'a time zone of the IANA list, such as America/Guatemala',
};

const storable = 'must not hold NUL or half a surrogate pair';
const patternMessage = (pattern: string): string => {
  if (pattern.startsWith('^https?://')) return `must be ${formatWords['uri']}`;
  if (pattern.startsWith('^(?=')) return `must hold a character that is not white space, and ${storable}`;
  return pattern.includes('\\uD800') ? storable : `must have the form ${pattern}`;
};

const messageOf = (error: ErrorObject): string => {
  const own = keywords[error.keyword];
  if (own !== undefined) return own.message;
  switch (error.keyword) {
    case 'type':
      return `must be ${articles[parameter(error, 'type')] ?? parameter(error, 'type')}`;
    case 'enum':
      return `must be one of ${String(Reflect.get(error.params, 'allowedValues')).replaceAll(',', ', ')}`;
    case 'format':
      return `must be ${formatWords[parameter(error, 'format')] ?? parameter(error, 'format')}`;
    case 'minLength':
      return `must have at least ${parameter(error, 'limit')} character(s)`;
    case 'maxLength':
      return `must have at most ${parameter(error, 'limit')} characters`;
    case 'minItems':
      return `must have at least ${parameter(error, 'limit')} item(s)`;
    case 'maxItems':
      return `must have at most ${parameter(error, 'limit')} items`;
    case 'maxProperties':
      return `must have at most ${parameter(error, 'limit')} fields`;
    case 'anyOf':
      return 'has none of the permitted shapes';
    case 'pattern':
      return patternMessage(parameter(error, 'pattern'));
    case 'minimum':
      return `must be ${parameter(error, 'limit')} or more`;
    case 'maximum':
      return `must be ${parameter(error, 'limit')} or less`;
    default:
      return error.message ?? 'is not valid';
  }
};
