import { describe, expect, test } from '@jest/globals';
import { ClamdScanner, clamdAt } from '../../../src/infrastructure/virus-scanner/clamd-scanner.ts';
import { ClamdServer, eicar } from '../../kit/clamd-server.ts';
import { inChunks } from '../under-test.ts';
import { virusScannerContract } from './contract.ts';

const opened = async (idleMs = 5000) => {
  const server = new ClamdServer();
  const port = await server.start();
  return { server, port, scanner: new ClamdScanner({ host: '127.0.0.1', port, connectMs: 1000, idleMs }) };
};

virusScannerContract('clamd', async () => {
  const { server, port, scanner } = await opened();
  return {
    scanner,
    infected: Buffer.from(eicar),
    bytesMax: server.streamBytesMax,
    leave: () => server.stop(),
    comeBack: async () => void (await server.start(port)),
    close: () => server.stop(),
  };
});

describe('clamd', () => {
  test('is shown the content byte for byte, and its name for what it found is told', async () => {
    const { server, scanner } = await opened();
    const content = Buffer.concat([Buffer.alloc(200_000, 7), Buffer.from(eicar)]);
    expect(await scanner.scan(inChunks(content, 70_000))).toEqual({ kind: 'infected', signature: 'Eicar-Test-Signature' });
    expect(server.scanned.map((each) => each.equals(content))).toEqual([true]);
    await server.stop();
  });

  test.each(['silent', 'cut', 'broken', 'mute'] as const)('that is %s has judged nothing: it is unavailable', async (mood) => {
    const { server, scanner } = await opened(100);
    server.mood = mood;
    await expect(scanner.scan(inChunks(Buffer.alloc(5000)))).rejects.toMatchObject({ name: 'VirusScannerUnavailable' });
    await server.stop();
  });

  test('is found by its address', () => {
    expect(clamdAt('tcp://clamd.example:3310')).toEqual({ host: 'clamd.example', port: 3310 });
    expect(clamdAt('tcp://[::1]:3310')).toEqual({ host: '::1', port: 3310 });
  });
});
