/** The command line as tests type it: in this process, with what it writes caught. */
import { Writable } from 'node:stream';
import type { Environment } from '../../../../src/infrastructure/configuration.ts';
import { runCli } from '../../../../src/interfaces/cli/run.ts';
import type { Progress } from '../../../../src/interfaces/composition/progress.ts';

export type Said = { readonly code: number; readonly out: string; readonly bytes: Buffer; readonly err: string; readonly remarks: readonly string[] };

/** Types a command line under this environment. */
export const terminal =
  (environment: Environment, interrupted: AbortSignal = new AbortController().signal) =>
  async (...words: readonly string[]): Promise<Said> => {
    const chunks: Buffer[] = [];
    const remarks: string[] = [];
    let err = '';
    const out = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        chunks.push(Buffer.from(chunk));
        done();
      },
    });
    const progress: Progress = {
      step: (name, done, total) => void remarks.push(`${name} ${done}/${total}`),
      say: (sentence) => void remarks.push(sentence),
      warn: (sentence) => void remarks.push(sentence),
    };
    const code = await runCli(words, { environment, out, progress, interrupted }, (text) => {
      err += text;
    });
    const bytes = Buffer.concat(chunks);
    return { code, out: bytes.toString(), bytes, err, remarks };
  };
