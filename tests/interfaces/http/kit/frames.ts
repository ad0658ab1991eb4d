/** A client of `/events/stream` that tests can wait on. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { Api, PersonName } from './api.ts';

export type Told = Readonly<Record<string, unknown>> & { readonly position: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };

/** Opens a stream; `next(n)` gives the next n events, in order. */
export const listen = async (api: Api, as: PersonName, path = '/events/stream', headers: Readonly<Record<string, string>> = {}) => {
  const asked = get(`${api.url}${path}`, { headers: { Authorization: `Bearer ${api.tokenOf(as)}`, ...headers } });
  // The boundary: the event's one argument is the answer.
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let rest = '';
  const events: Told[] = [];
  const ids: string[] = [];
  let wake = (): void => undefined;
  let isOver = false;
  const ended = new Promise<void>((resolve) => answer.once('close', resolve));
  void ended.then(() => {
    isOver = true;
    wake();
  });
  answer.on('data', (chunk: Buffer) => {
    const frames = (rest + chunk.toString('utf8')).split('\n\n');
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const id = /^id: (.*)$/m.exec(frame)?.[1];
      const data = /^data: (.*)$/m.exec(frame)?.[1];
      if (id !== undefined) ids.push(id);
      if (data !== undefined) events.push(JSON.parse(data));
    }
    wake();
  });
  let taken = 0;
  const next = async (count: number): Promise<readonly Told[]> => {
    while (events.length < taken + count && !isOver) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const some = events.slice(taken, taken + count);
    taken += some.length;
    return some;
  };
  return { answer, next, ended, events, ids, close: () => asked.destroy() };
};
