/** What the HTTP interface is made of. The composition hands all of it in; nothing here reaches for anything else. */
import type { QueryDefinition } from '../../../projections/kernel/query.ts';
import type { Downloads } from '../../application/attachments/download.ts';
import type { Uploads } from '../../application/attachments/upload.ts';
import type { Caller } from '../../application/caller.ts';
import type { CommandEnvelope, CommandOutcome } from '../../application/handle-command.ts';
import type { Join, Joined } from '../../application/joining.ts';
import type { LogReader } from '../../application/log-reader.ts';
import type { EventLog } from '../../application/ports/event-log.ts';
import type { QueryRunner, Search } from '../../application/ports/queries.ts';
import type { ReadModels } from '../../application/ports/read-models.ts';
import type { PublicReports } from '../../application/public-reports.ts';
import type { AnyAggregate } from '../../domain/kernel/aggregate.ts';
import type { TSchema } from '../../domain/kernel/schema.ts';
import type { UserSettings } from '../../domain/user-settings/decider.ts';

/** One mistake of a body; `pointer` is a JSON Pointer (RFC 6901). */
export type FieldError = { readonly pointer: string; readonly message: string };
/** Adapter: infrastructure/validation. */
export interface Validation {
  /** Strict UTF-8 and JSON: no name twice in an object, bounded depth and number of values. */
  parse(bytes: Uint8Array): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };
  /** Every mistake of the value; none: it is valid. */
  errorsOf(schema: TSchema, value: unknown): readonly FieldError[];
}

export type Subject = { readonly issuer: string; readonly sub: string };
/** Why nobody is let in: `unavailable` and `behind` are ours to mend (503), the others the caller's (401). */
export type AuthenticationRefusal = 'invalid' | 'expired' | 'unavailable' | 'unknown' | 'behind';
export type Authentication =
  | { readonly ok: true; readonly caller: Caller; readonly subject: Subject; readonly expiresAtMs: number }
  | { readonly ok: false; readonly reason: AuthenticationRefusal };
/** Adapter: infrastructure/identity. */
export type Authenticate = (token: string) => Promise<Authentication>;

/** What is said of the signed-in caller beside permissions: kept by the live directory. */
export interface Profiles {
  /** `version` changes whenever the caller's permissions may have changed. */
  profileOf(caller: Caller): {
    readonly version: string;
    readonly name: string | null;
    readonly accounts: readonly { readonly id: string; readonly name: string }[];
  };
}

/** Points a minute; 0: no limit. */
export type HttpLimits = {
  readonly perCallerAMinute: number;
  readonly perTenantAMinute: number;
  readonly perAddressAMinute: number;
  /** Requests being answered at once; more are told to come again. */
  readonly inFlightMax: number;
  readonly bodyBytesMax: number;
  readonly bodyMsMax: number;
  /** Files that one caller may send at once. */
  readonly uploadsPerCaller: number;
  /** How long nothing of a file may come. */
  readonly uploadIdleMsMax: number;
  /** What is slower than this, counted from `uploadIdleMsMax` after its beginning on, is given up. */
  readonly uploadBytesASecondMin: number;
  /** Reports without a token: of one address, of one unit, and of all together. */
  readonly publicPerAddressAMinute: number;
  readonly publicPerUnitAnHour: number;
  readonly publicAMinute: number;
  readonly publicBodyBytesMax: number;
  /** A report is answered no sooner, so that the time taken does not tell whether a unit exists. */
  readonly publicAnswerMsMin: number;
  /** Open event streams of one caller. */
  readonly streamsPerCaller: number;
  /** Proxies that stand before us. */
  readonly trustedProxies: number;
};
export const defaultLimits: HttpLimits = {
  perCallerAMinute: 1200,
  perTenantAMinute: 12_000,
  perAddressAMinute: 120,
  inFlightMax: 1000,
  bodyBytesMax: 1_048_576,
  bodyMsMax: 10_000,
  uploadsPerCaller: 8,
  uploadIdleMsMax: 20_000,
  uploadBytesASecondMin: 16_384,
  publicPerAddressAMinute: 6,
  publicPerUnitAnHour: 4,
  publicAMinute: 300,
  publicBodyBytesMax: 16_384,
  publicAnswerMsMin: 400,
  streamsPerCaller: 20,
  trustedProxies: 0,
};

/** pino, as far as we use it. */
export interface Logger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Adapter: infrastructure/observability. */
export interface HttpMetrics {
  /** `route` is the template, never the path itself. */
  answered(request: { readonly method: string; readonly route: string; readonly status: number; readonly seconds: number }): void;
  commanded(command: { readonly aggregate: string; readonly type: string; readonly outcome: string }): void;
  streams(open: number): void;
  /** The Prometheus text. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** `ready` is false while any part that requests need is away. Facts for operators: no secrets, no tenants' data. */
export type Health = { readonly ready: boolean; readonly parts: Readonly<Record<string, { readonly ok: boolean } & Readonly<Record<string, unknown>>>> };

/** The embedded issuer; absent in production and with an external one. */
export interface DevelopmentTokens {
  /** The names that `/dev/token` knows, with what they are, for the documentation page. */
  users(): readonly { readonly user: string; readonly docs: string }[];
  /** A token for a demo user's name; nothing where there is no such user. */
  tokenFor(user: string): object | undefined;
  /** A token for an API client that knows its secret. */
  tokenForClient(clientId: string, clientSecret: string): Promise<object | undefined>;
  /** The JWKS document. */
  keys(): object;
}

/** The first sign-in of somebody who was invited. Adapters: infrastructure/identity, application/joining. */
export type FirstSignIn = {
  /** Is the token the issuer's, and whose? Says nothing about the model. */
  readonly verify: (
    token: string,
  ) => Promise<
    | { readonly ok: true; readonly subject: Subject; readonly verifiedEmail?: string }
    | { readonly ok: false; readonly reason: 'invalid' | 'expired' | 'unavailable' }
  >;
  readonly join: (join: Join) => Promise<Joined>;
};
/** A user's settings as of now; revision −1: none were ever chosen. */
export type OwnSettings = (userId: string) => Promise<{ readonly settings: UserSettings; readonly revision: number }>;

/** Files of attachments: in by announced uploads, out by signed links. */
export type HttpFiles = { readonly uploads: Pick<Uploads, 'begin' | 'receive'>; readonly downloads: Pick<Downloads, 'signedLink' | 'open' | 'openThumbnail'> };

export type HttpParts = {
  readonly model: readonly AnyAggregate[];
  readonly commands: { handle(envelope: CommandEnvelope): Promise<CommandOutcome> };
  readonly queries: readonly QueryDefinition[];
  readonly queryRunner: QueryRunner;
  readonly search: Search;
  readonly readModels: Pick<ReadModels, 'waitFor'>;
  /** The query of the event index (columns as in events/event-pages.ts). */
  readonly eventIndex: QueryDefinition;
  /** The same with the restricted events, for staff; absent: there are none. */
  readonly wholeEventIndex?: QueryDefinition;
  /** What staff need, beside an aggregate's own permission, to see its restricted events among all others. */
  readonly restrictedEventsPermission?: string;
  readonly log: Pick<EventLog, 'read'>;
  /** The one reader of the log in this process: event streams are fanned out from it. */
  readonly reader: Pick<LogReader, 'subscribe' | 'position'>;
  readonly authenticate: Authenticate;
  readonly profiles: Profiles;
  readonly validation: Validation;
  /** ISO 8601 UTC with milliseconds. */
  readonly clock: () => string;
  /** A fresh UUIDv7. */
  readonly newId: () => string;
  /** This installation's secret for keyed hashes, 32 bytes. */
  readonly secret: Uint8Array;
  readonly limits: HttpLimits;
  readonly logger: Logger;
  readonly metrics: HttpMetrics;
  readonly health: () => Promise<Health>;
  readonly version: string;
  /** The address by which clients reach us, for documents; absent: relative. */
  readonly publicUrl?: string;
  readonly development?: DevelopmentTokens;
  /** Origins whose pages may call from a browser; none unless said otherwise. */
  readonly corsOrigins?: readonly string[];
  /** Absent: there is no `/me/link`. */
  readonly firstSignIn?: FirstSignIn;
  /** Absent: there is no `/me/settings`. */
  readonly ownSettings?: OwnSettings;
  /** Absent: there is no `/public`. */
  readonly publicReports?: Pick<PublicReports, 'breakdown' | 'systemCase'>;
  /** Absent: there is no `/files`. */
  readonly files?: HttpFiles;
  /** Told of every request of a signed-in caller that the limits let through, with the endpoint's name (from a closed list). Must not throw. */
  readonly requested?: (caller: Caller, endpoint: string) => void;
};
