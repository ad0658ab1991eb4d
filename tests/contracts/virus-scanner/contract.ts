/** What every virus scanner promises. An adapter's test gives it a scanner and a content that it finds something in. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { VirusScanner } from '../../../src/application/ports/virus-scanner.ts';
import { fc } from '../../kit/seed.ts';
import { inChunks, within } from '../under-test.ts';

export type ScannerUnderTest = {
  readonly scanner: VirusScanner;
  readonly infected: Buffer;
  /** More than it takes. */
  readonly bytesMax: number;
  /** From now on it cannot be reached; then it can again. */
  readonly leave: () => Promise<void>;
  readonly comeBack: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const virusScannerContract = (name: string, open: () => Promise<ScannerUnderTest>): void => {
  const withScanner = within(open);

  describe(`the virus scanner ${name}`, () => {
    test('finds what is infected wherever it stands and however it is cut, and nothing in what is clean', () =>
      withScanner(async ({ scanner, infected }) => {
        await fc.assert(
          fc.asyncProperty(fc.boolean(), fc.nat(5000), fc.integer({ min: 1, max: 3000 }), async (isInfected, before, size) => {
            const content = Buffer.concat([Buffer.alloc(before, 0x20), isInfected ? infected : Buffer.alloc(10), Buffer.alloc(50)]);
            expect((await scanner.scan(inChunks(content, size))).kind).toBe(isInfected ? 'infected' : 'clean');
          }),
          { numRuns: 30 },
        );
      }));

    test('takes an empty content and a piece of any size', () =>
      withScanner(async ({ scanner }) => {
        expect(await scanner.scan(inChunks(new Uint8Array()))).toEqual({ kind: 'clean' });
        expect(await scanner.scan(inChunks(randomBytes(900_000), 900_000))).toEqual({ kind: 'clean' });
      }));

    test('says of a content that is larger than it takes that it will not look at it, and reads no more of it', () =>
      withScanner(async ({ scanner, bytesMax }) => {
        let read = 0;
        const endless = async function* () {
          for (; read < bytesMax * 20; read += 50_000) yield Buffer.alloc(50_000);
        };
        expect(await scanner.scan(endless())).toEqual({ kind: 'unscannable' });
        expect(read).toBeLessThan(bytesMax * 20);
      }));

    test('passes on what the content threw', () =>
      withScanner(async ({ scanner }) => {
        const broken = async function* () {
          yield Buffer.alloc(10);
          throw new Error('the content broke');
        };
        await expect(scanner.scan(broken())).rejects.toThrow('the content broke');
      }));

    test('is unavailable while it cannot be reached, never clean; then it judges again', () =>
      withScanner(async ({ scanner, infected, leave, comeBack }) => {
        await leave();
        await expect(scanner.scan(inChunks(infected))).rejects.toMatchObject({ name: 'VirusScannerUnavailable' });
        await comeBack();
        expect((await scanner.scan(inChunks(infected))).kind).toBe('infected');
      }));
  });
};
