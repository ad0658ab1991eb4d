/** The part of Auth0's Management API that the adapter uses, over loopback, as its documentation describes it (api/management/v2). */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOn } from '../../kit/listening.ts';

type User = { user_id: string; email?: string; name?: string; blocked?: boolean; app_metadata?: { userId?: string }; connection?: string };
type Role = { id: string; name: string; description: string };
type Answer = { readonly status: number; readonly body?: unknown };
type Asked = { readonly method: string; readonly path: string; readonly query: URLSearchParams; readonly body: Readonly<Record<string, unknown>> };

export class Auth0Server {
  readonly users = new Map<string, User>();
  readonly roles = new Map<string, Role>();
  readonly rolesOf = new Map<string, Set<string>>();
  /** While set, every call is answered with it. */
  failure: number | undefined;
  #made = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<string> {
    return (await listenOn(this.#server)).url;
  }
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const text = Buffer.concat(chunks).toString();
    const asked = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname.replace('/api/v2', '')),
      query: url.searchParams,
      body: text === '' ? {} : JSON.parse(text),
    };
    const { status, body } = this.failure === undefined ? this.#answer(asked) : { status: this.failure, body: { message: 'no' } };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  #answer(asked: Asked): Answer {
    const [, kind, id, part] = asked.path.split('/');
    if (kind === 'roles') return this.#role(asked, id);
    if (kind !== 'users') return { status: 404, body: { message: 'no such path' } };
    if (part === 'roles' && id !== undefined) return this.#userRoles(asked, id);
    return id === undefined ? this.#userList(asked) : this.#user(asked, id);
  }

  #userList({ method, query, body }: Asked): Answer {
    if (method === 'GET') {
      const wanted = /app_metadata\.userId:"([^"]+)"/.exec(query.get('q') ?? '')?.[1];
      const users = [...this.users.values()].filter((user) => user.app_metadata?.userId === wanted);
      return { status: 200, body: query.get('include_totals') === 'true' ? { users, start: 0, limit: 50, total: users.length } : users };
    }
    // A database connection's user needs a password; its id is put behind the name of the strategy.
    if (typeof body['password'] !== 'string' || typeof body['connection'] !== 'string') return { status: 400, body: { message: 'password missing' } };
    const user: User = { ...(body as Partial<User>), user_id: `auth0|${String(body['user_id'])}` };
    this.users.set(user.user_id, user);
    return { status: 201, body: user };
  }

  #user({ method, body }: Asked, id: string): Answer {
    const known = this.users.get(id);
    if (known === undefined) return method === 'DELETE' ? { status: 204 } : { status: 404, body: { message: 'The user does not exist.' } };
    if (method === 'DELETE') {
      this.users.delete(id);
      this.rolesOf.delete(id);
      return { status: 204 };
    }
    if (method === 'PATCH') this.users.set(id, { ...known, ...(body as Partial<User>) });
    return { status: 200, body: this.users.get(id) };
  }

  #userRoles({ method, query, body }: Asked, id: string): Answer {
    const held = this.rolesOf.get(id) ?? new Set<string>();
    this.rolesOf.set(id, held);
    const named = Array.isArray(body['roles']) ? body['roles'].map(String) : [];
    if (method === 'POST') for (const role of named) held.add(role);
    if (method === 'DELETE') for (const role of named) held.delete(role);
    if (method !== 'GET') return { status: 204 };
    const all = [...held].flatMap((role) => this.roles.get(role) ?? []);
    const [page, size] = [Number(query.get('page') ?? 0), Number(query.get('per_page') ?? 50)];
    const roles = all.slice(page * size, (page + 1) * size);
    return { status: 200, body: query.get('include_totals') === 'true' ? { roles, start: page * size, limit: size, total: all.length } : roles };
  }

  #role({ method, query, body }: Asked, id: string | undefined): Answer {
    if (id === undefined && method === 'GET') {
      const roles = [...this.roles.values()].filter(({ name }) => name.includes(query.get('name_filter') ?? ''));
      return { status: 200, body: query.get('include_totals') === 'true' ? { roles, start: 0, limit: 50, total: roles.length } : roles };
    }
    if (id === undefined) {
      this.#made += 1;
      const role = { id: `rol_${this.#made}`, name: String(body['name']), description: String(body['description']) };
      if ([...this.roles.values()].some(({ name }) => name === role.name)) return { status: 409, body: { message: 'exists' } };
      this.roles.set(role.id, role);
      return { status: 200, body: role };
    }
    const known = this.roles.get(id);
    if (method === 'DELETE') {
      this.roles.delete(id);
      for (const held of this.rolesOf.values()) held.delete(id);
      return { status: 204 };
    }
    if (known === undefined) return { status: 404, body: { message: 'no' } };
    this.roles.set(id, { ...known, ...(body as Partial<Role>) });
    return { status: 200, body: this.roles.get(id) };
  }
}
