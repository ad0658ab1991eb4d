/** The subscribers of the SSE benchmark: opens so many streams, then says when all of them have had the event at a position, and how many frames came. */
import { get } from 'node:http';

const [port, token, count] = process.argv.slice(2);
const mark = Buffer.from('\ndata: ');
let frames = 0;
let wanted = '';
let missing = 0;

/** Counts frames and sees the wanted one; what a chunk cuts apart is put together again by keeping its end. */
const subscriber = () => {
  let rest: Buffer = Buffer.alloc(0);
  let isThere = true;
  return {
    await: () => {
      isThere = false;
    },
    take: (chunk: Buffer) => {
      const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let last = 0;
      for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
        frames += 1;
        last = at + mark.length;
      }
      const end = text.subarray(Math.max(last, text.length - 64));
      if (!isThere && text.includes(wanted)) {
        isThere = true;
        missing -= 1;
        if (missing === 0) process.send?.({ kind: 'done', frames });
      }
      rest = Buffer.from(last > 0 && end.byteOffset === text.byteOffset + last ? text.subarray(last) : end);
    },
  };
};

const all = Array.from({ length: Number(count) }, subscriber);
const opened = all.map(
  (one, n) =>
    new Promise<void>((resolve, refuse) => {
      // Two audiences, as in a portal with two pages open.
      const path = n % 2 === 0 ? '/events/stream' : '/events/stream?types=GaugeRenamed,GaugeInstalled';
      const headers = { Authorization: `Bearer ${token}`, 'Last-Event-ID': '0' };
      const asked = get({ port, path, headers, agent: false }, (answer) => {
        if (answer.statusCode !== 200) refuse(new Error(`a stream was answered with ${answer.statusCode}`));
        answer.on('data', one.take);
        resolve();
      });
      asked.on('error', refuse);
    }),
);
await Promise.all(opened);
process.on('message', ({ position }: { readonly position: number }) => {
  frames = 0;
  wanted = `id: ${position}\n`;
  missing = all.length;
  for (const one of all) one.await();
  process.send?.({ kind: 'ready' });
});
process.send?.({ kind: 'open' });
