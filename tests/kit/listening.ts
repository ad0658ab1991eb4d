/** Servers of tests, on the loopback. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

/** Listens on a free port, or on the one asked for; `url` is what an HTTP server is asked under. */
export const listenOn = async (server: Server, asked = 0): Promise<{ readonly port: number; readonly url: string }> => {
  await once(server.listen(asked, '127.0.0.1'), 'listening');
  // The boundary: a TCP server's address is an object.
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}` };
};
