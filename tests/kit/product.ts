/** The product as a user starts it: a child process, a free port, a data folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
/** What `npm start` gives to Node: its flags, and the program by its whole path, so that any folder will do. */
export const startArguments: readonly string[] = String(JSON.parse(readFileSync(pathOf('package.json'), 'utf8')).scripts.start)
  .split(' ')
  .slice(1)
  .map((word) => (word.startsWith('-') ? word : pathOf(word)));
const startMs = 120_000;

export type Runtime = { readonly httpUrl: string; readonly postgresUrl: string; readonly eventStoreUrl: string; readonly pid: number };
export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly output: string };
export type Product = {
  readonly runtime: Runtime;
  readonly output: () => string;
  /** Sends a signal and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<Exit>;
};
export type Environment = Readonly<Record<string, string>>;

/** A data folder that is gone after `use`. */
export const withDataFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'product-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
};

const alive = new Set<ChildProcess>();
/** Ends what a failed test has left running. */
export const endAll = (): void => {
  for (const child of alive) child.kill('SIGKILL');
};

const spawned = (environment: Environment): { readonly child: ChildProcess; readonly output: () => string; readonly exited: Promise<Exit> } => {
  const child = spawn(process.execPath, startArguments, {
    env: { PATH: process.env['PATH'] ?? '', HTTP_PORT: '0', LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const exited = new Promise<Exit>((resolve) => child.once('close', (code, signal) => resolve({ code, signal, output: text })));
  return { child, output: () => text, exited };
};

/** Runs it to its end: for starts that must fail. */
export const runToEnd = async (environment: Environment): Promise<Exit> => spawned(environment).exited;

/** Starts it and waits until it says that it is ready. Throws with all it printed where it ends before. */
export const startProduct = async (folder: string, environment: Environment = {}): Promise<Product> => {
  const file = join(folder, 'runtime.json');
  const { child, output, exited } = spawned({ DATA_DIR: folder, ...environment });
  const deadline = performance.now() + startMs;
  let ended: Exit | undefined;
  void exited.then((exit) => (ended = exit));
  // The program writes the file when all is ready; nothing else tells a process outside.
  while (!output().includes('Ctrl-C stops it') || !existsSync(file)) {
    if (ended !== undefined) throw new Error(`the product ended: ${ended.output}`);
    if (performance.now() > deadline) throw new Error(`the product does not start: ${output()}`);
    await delay(50);
  }
  const runtime = JSON.parse(readFileSync(file, 'utf8')) as Runtime;
  return {
    runtime,
    output,
    end: async (signal) => {
      child.kill(signal);
      return exited;
    },
  };
};

/** One signed-in person talking to the API. */
export class Person {
  readonly #url: string;
  readonly #token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  static async signIn({ httpUrl }: Pick<Runtime, 'httpUrl'>, user: string): Promise<Person> {
    const answer = await fetch(`${httpUrl}/dev/token`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user }) });
    const { access_token: token } = (await answer.json()) as { readonly access_token: string };
    return new Person(httpUrl, token);
  }

  get(path: string, headers: Environment = {}): Promise<Response> {
    return fetch(`${this.#url}${path}`, { headers: { Authorization: `Bearer ${this.#token}`, ...headers } });
  }

  async json(path: string, headers: Environment = {}): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const answer = await this.get(path, headers);
    return { status: answer.status, body: (await answer.json()) as Readonly<Record<string, unknown>> };
  }

  async rows(path: string, headers: Environment = {}): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { status, body } = await this.json(path, headers);
    if (status !== 200) throw new Error(`${path} answered ${status}: ${JSON.stringify(body)}`);
    return body['data'] as readonly Readonly<Record<string, unknown>>[];
  }

  post(path: string, body: object): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  put(path: string, content: Buffer, type: string): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${this.#token}`, 'Content-Type': type },
      body: new Uint8Array(content),
    });
  }

  command(path: string, body: object, headers: Environment = {}): Promise<Response> {
    return fetch(`${this.#url}/commands/${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
}
