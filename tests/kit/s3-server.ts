/**
 * The part of S3 that the blob store uses, over loopback, as its API reference describes it (Amazon S3 API Reference, 2006-03-01): objects of
 * one bucket, ranges, copies, listings, multipart uploads, errors in XML. It holds every request to its signature and checksum. It is no S3:
 * what it shows is what our adapter sends and how it takes what can go wrong.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { listenOn } from './listening.ts';
import { type Secret, signatureProblem } from './s3-signature.ts';

type StoredObject = { readonly body: Buffer; readonly etag: string; modified: Date };
type Upload = { readonly key: string; readonly parts: Map<number, Buffer>; initiated: Date };
type Asked = {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
};
type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: Buffer | string };
/** What goes wrong, for the next `times` requests of a kind; then all is well again. */
export type Trouble = { times: number; readonly on: (asked: { readonly method: string; readonly key: string }) => boolean; readonly kind: TroubleKind };
type TroubleKind =
  | { readonly is: 'error'; readonly status: number; readonly code: string }
  /** The connection is reset once so many bytes of the answer's body were sent. */
  | { readonly is: 'cut'; readonly afterBytes: number }
  /** The answer's body comes in so many pieces, one each `everyMs`. */
  | { readonly is: 'slow'; readonly pieces: number; readonly everyMs: number }
  /** What was asked for is done, and the answer is lost. */
  | { readonly is: 'lost' }
  /** The answer's body comes in two halves, and the second never. */
  | { readonly is: 'stuck' }
  /** Nothing is ever answered. */
  | { readonly is: 'silent' };

const partBytesMin = 5 * 1024 * 1024;
const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;
const xml = (text: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${text}`;
const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const failure = (status: number, code: string): Answer => ({
  status,
  headers: { 'Content-Type': 'application/xml' },
  body: xml(`<Error><Code>${code}</Code><Message>${code}</Message><RequestId>1</RequestId></Error>`),
});
const checksumOf = (body: Buffer): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
};

const trickle = async (response: ServerResponse, bytes: Buffer, { pieces, everyMs }: { readonly pieces: number; readonly everyMs: number }): Promise<void> => {
  const size = Math.ceil(bytes.byteLength / pieces);
  for (let at = 0; at < bytes.byteLength; at += size) {
    await delay(everyMs);
    response.write(bytes.subarray(at, at + size));
  }
  response.end();
};

export class S3Server {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Upload>();
  readonly secret: Secret = { accessKeyId: 'AKIATEST', secretAccessKey: 'a secret of the tests' };
  readonly bucket = 'blobs-of-tests';
  /** Every request, as `METHOD key?query`. */
  readonly asked: string[] = [];
  /** What was wrong with requests: signatures and checksums. */
  readonly faults: string[] = [];
  readonly troubles: Trouble[] = [];
  readonly pageMax: number;
  #made = 0;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  constructor({ pageMax = 3 }: { readonly pageMax?: number } = {}) {
    this.pageMax = pageMax;
  }

  async start(): Promise<string> {
    return (await listenOn(this.#server)).url;
  }
  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  /** What it holds, half-sent parts included. */
  bytesHeld(): number {
    const parts = [...this.uploads.values()].flatMap((upload) => [...upload.parts.values()]);
    return [...[...this.objects.values()].map(({ body }) => body), ...parts].reduce((sum, body) => sum + body.byteLength, 0);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    const url = new URL(request.url ?? '/', 'http://s3');
    const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
    const { method = '', headers } = request;
    const asked: Asked = { method, key: rest.join('/'), query: url.searchParams, headers, body: Buffer.concat(chunks) };
    this.asked.push(`${method} ${asked.key}${url.search}`);
    const trouble = this.troubles.find(({ times, on }) => times > 0 && on(asked));
    if (trouble !== undefined) trouble.times -= 1;
    if (trouble?.kind.is === 'silent') return;
    const wrong = signatureProblem(request, asked.body, this.secret) ?? this.#badChecksum(asked);
    if (wrong !== undefined) this.faults.push(`${wrong}: ${method} ${asked.key}`);
    const answer = this.#judged(trouble?.kind, { wrong, bucket }) ?? this.#answer(asked);
    this.#send(response, method === 'HEAD' ? { ...answer, body: '' } : answer, trouble?.kind);
  }

  #judged(kind: TroubleKind | undefined, { wrong, bucket }: { readonly wrong: string | undefined; readonly bucket: string }): Answer | undefined {
    if (kind?.is === 'error') return failure(kind.status, kind.code);
    if (wrong !== undefined) return failure(wrong.startsWith('Bad') ? 400 : 403, wrong);
    return bucket === this.bucket ? undefined : failure(404, 'NoSuchBucket');
  }

  #send(response: ServerResponse, { status, headers = {}, body = '' }: Answer, trouble: TroubleKind | undefined): void {
    if (trouble?.is === 'lost') return void response.socket?.resetAndDestroy();
    const bytes = Buffer.from(body);
    response.writeHead(status, { ...(status === 204 ? {} : { 'Content-Length': headers['Content-Length'] ?? bytes.byteLength }), ...headers });
    if (trouble?.is === 'cut') {
      response.write(bytes.subarray(0, trouble.afterBytes), () => response.socket?.resetAndDestroy());
      return;
    }
    if (trouble?.is === 'slow') return void trickle(response, bytes, trouble);
    if (trouble?.is === 'stuck') return void response.write(bytes.subarray(0, bytes.byteLength / 2));
    response.end(bytes);
  }

  /** Content is sent with its CRC-32, as the client does by itself. */
  #badChecksum({ method, headers, body, query }: Asked): string | undefined {
    const carriesContent = method === 'PUT' && headers['x-amz-copy-source'] === undefined;
    if (headers['content-encoding']?.includes('aws-chunked') === true) return 'BadRequest';
    if (!carriesContent) return undefined;
    const isPartOfMany = query.has('uploadId');
    const said = headers['x-amz-checksum-crc32'];
    if (said === undefined) return isPartOfMany ? 'BadDigestMissing' : 'BadChecksumMissing';
    return said === checksumOf(body) ? undefined : 'BadDigest';
  }

  #answer(asked: Asked): Answer {
    const { method, key, query } = asked;
    if (key === '' && method === 'GET') return query.has('uploads') ? this.#listUploads(query) : this.#list(query);
    if (query.has('uploads') || query.has('uploadId')) return this.#multipart(asked);
    if (method === 'PUT') return asked.headers['x-amz-copy-source'] === undefined ? this.#put(key, asked.body) : this.#copy(asked);
    if (method === 'GET' || method === 'HEAD') return this.#get(asked);
    if (method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204 };
    }
    return failure(405, 'MethodNotAllowed');
  }

  #put(key: string, body: Buffer): Answer {
    const etag = etagOf(body);
    this.objects.set(key, { body, etag, modified: new Date() });
    return { status: 200, headers: { ETag: etag, 'x-amz-checksum-crc32': checksumOf(body) } };
  }

  #copy({ key, headers }: Asked): Answer {
    const [bucket, ...rest] = String(headers['x-amz-copy-source']).split('/').map(decodeURIComponent);
    const source = bucket === this.bucket ? this.objects.get(rest.join('/')) : undefined;
    if (source === undefined) return failure(404, 'NoSuchKey');
    this.#put(key, source.body);
    return {
      status: 200,
      body: xml(`<CopyObjectResult><ETag>${source.etag}</ETag><LastModified>${new Date().toISOString()}</LastModified></CopyObjectResult>`),
    };
  }

  #get({ key, headers }: Asked): Answer {
    const found = this.objects.get(key);
    if (found === undefined) return failure(404, 'NoSuchKey');
    if (headers['if-match'] !== undefined && headers['if-match'] !== found.etag) return failure(412, 'PreconditionFailed');
    const whole = found.body.byteLength;
    const shown = { ETag: found.etag, 'Last-Modified': found.modified.toUTCString(), 'Accept-Ranges': 'bytes' };
    const from = /^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1];
    if (from === undefined) return { status: 200, headers: { ...shown, 'Content-Length': String(whole) }, body: found.body };
    if (Number(from) >= whole) return failure(416, 'InvalidRange');
    const body = found.body.subarray(Number(from));
    return { status: 206, headers: { ...shown, 'Content-Length': String(body.byteLength), 'Content-Range': `bytes ${from}-${whole - 1}/${whole}` }, body };
  }

  #list(query: URLSearchParams): Answer {
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after).sort();
    const page = keys.slice(0, this.pageMax);
    const contents = page.map((key) => {
      const { body, etag, modified } = this.objects.get(key) ?? { body: Buffer.alloc(0), etag: '', modified: new Date(0) };
      const facts = `<LastModified>${modified.toISOString()}</LastModified><ETag>${escapeXml(etag)}</ETag><Size>${body.byteLength}</Size>`;
      return `<Contents><Key>${escapeXml(key)}</Key>${facts}</Contents>`;
    });
    const more = keys.length > page.length ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const facts = `<IsTruncated>${more !== ''}</IsTruncated><KeyCount>${page.length}</KeyCount>${more}`;
    return { status: 200, body: xml(`<ListBucketResult>${facts}${contents.join('')}</ListBucketResult>`) };
  }

  #listUploads(query: URLSearchParams): Answer {
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''));
    const rows = found.map(
      ([id, { key, initiated }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${initiated.toISOString()}</Initiated></Upload>`,
    );
    return { status: 200, body: xml(`<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${rows.join('')}</ListMultipartUploadsResult>`) };
  }

  #multipart({ method, key, query, body }: Asked): Answer {
    if (method === 'POST' && query.has('uploads')) {
      this.#made += 1;
      const id = `upload-${this.#made}`;
      this.uploads.set(id, { key, parts: new Map(), initiated: new Date() });
      return { status: 200, body: xml(`<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`) };
    }
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return failure(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { ETag: etagOf(body), 'x-amz-checksum-crc32': checksumOf(body) } };
    }
    if (method === 'DELETE') {
      this.uploads.delete(id);
      return { status: 204 };
    }
    return this.#complete(id, upload, body);
  }

  #complete(id: string, { key, parts }: Upload, body: Buffer): Answer {
    const named = [...String(body).matchAll(/<Part>.*?<\/Part>/gs)].map(([text]) => ({
      number: Number(/<PartNumber>(\d+)</.exec(text)?.[1]),
      etag: (/<ETag>(.*?)</.exec(text)?.[1] ?? '').replaceAll('&quot;', '"'),
    }));
    const bodies = named.map(({ number, etag }) => {
      const part = parts.get(number);
      return part !== undefined && etagOf(part) === etag ? part : undefined;
    });
    if (named.some(({ number }, index) => number !== index + 1) || bodies.includes(undefined)) return failure(400, 'InvalidPart');
    const whole = bodies.filter((part) => part !== undefined);
    if (whole.slice(0, -1).some((part) => part.byteLength < partBytesMin)) return failure(400, 'EntityTooSmall');
    this.uploads.delete(id);
    this.#put(key, Buffer.concat(whole));
    return { status: 200, body: xml(`<CompleteMultipartUploadResult><Key>${key}</Key><ETag>&quot;x&quot;</ETag></CompleteMultipartUploadResult>`) };
  }
}
