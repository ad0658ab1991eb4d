/** The log of operators: JSON lines, and nothing in them that could be used or that is somebody's. */
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';

/** Nothing is logged under these names; should it ever be, it is not shown. At the top only: deeper paths cost every line. */
const hidden = ['authorization', 'cookie', 'token', 'password', 'secret', 'headers', 'body'];

/** The message and stack of an error, without the properties that libraries hang on it: those hold queries, parameters and payloads. */
const errorFacts = (error: unknown): unknown => {
  if (typeof error !== 'object' || error === null || !('stack' in error)) return { message: String(error) };
  const { type, message, stack } = stdSerializers.err(error as Error);
  const cause = 'cause' in error && error.cause !== undefined ? { cause: errorFacts(error.cause) } : {};
  return { type, message, stack, ...cause };
};

/** `level` as in LOG_LEVEL; `destination` is the standard output unless said otherwise. */
export const createLogger = (level: string, destination?: DestinationStream): Logger => {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: hidden, censor: '[hidden]' },
    serializers: { err: errorFacts },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
};
