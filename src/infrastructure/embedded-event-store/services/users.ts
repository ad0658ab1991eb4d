/** Basic credentials. A caller without any has every right (as on a server that runs insecure); credentials that are sent must be true. */
import { timingSafeEqual } from 'node:crypto';
import { unauthenticated } from '../grpc/failure.ts';
import type { Authenticate } from '../grpc/server.ts';

/** The default users of a fresh server. */
const passwords: ReadonlyMap<string, string> = new Map([
  ['admin', 'changeit'],
  ['ops', 'changeit'],
]);

const isSame = (one: string, other: string): boolean => {
  const [first, second] = [Buffer.from(one), Buffer.from(other)];
  return first.length === second.length && timingSafeEqual(first, second);
};

export const authenticate: Authenticate = (authorization) => {
  if (authorization === undefined) return undefined;
  const [scheme, encoded] = authorization.split(' ');
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) throw unauthenticated();
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const password = passwords.get(user);
  if (password === undefined || !isSame(password, rest.join(':'))) throw unauthenticated();
  return user;
};
