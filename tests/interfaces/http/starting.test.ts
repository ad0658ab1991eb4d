/** A server that is being started is there: alive, not ready, and it says when to come again. */
import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { startingListener } from '../../../src/interfaces/http/starting.ts';
import { listenOn } from '../../kit/listening.ts';

test('everything but «alive» is refused with 503 until the application is there, then nothing is', async () => {
  const { listener, serve } = startingListener();
  const server = createServer(listener);
  const { url } = await listenOn(server);
  try {
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    for (const path of ['/health/ready', '/queries/equipment?filter=x', '/commands/customer/register-customer']) {
      const refused = await fetch(`${url}${path}`);
      expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([
        503,
        '1',
        'application/problem+json; charset=utf-8',
      ]);
      expect(await refused.json()).toMatchObject({ code: 'starting', status: 503, instance: path.split('?')[0] });
    }
    serve((_request, response) => void response.end('here'));
    expect(await (await fetch(`${url}/health/ready`)).text()).toBe('here');
  } finally {
    await new Promise((done) => server.close(done));
  }
});
