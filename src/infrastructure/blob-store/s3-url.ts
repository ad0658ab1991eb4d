/** Where blobs lie in S3, as one address: `s3://bucket/prefix?region=us-east-1&endpoint=https://minio.example.com`. */

export type S3Place = {
  readonly bucket: string;
  /** Stands before every key; empty, or ends in a slash. */
  readonly prefix: string;
  readonly region: string;
  /** Another service that speaks S3; asked by path (`/bucket/key`), because its certificate seldom names every bucket. */
  readonly endpoint?: string;
};

// The naming rules of general purpose buckets (Amazon S3 User Guide, "Bucket naming rules").
const bucketName = /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const prefixPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*){0,20}\/?$/;
const regionName = /^[a-z0-9-]{1,40}$/;
const known = new Set(['region', 'endpoint']);

const isEndpoint = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) && url.username === '' && url.search === '' && url.hash === '' && url.pathname === '/';
};

/** The place, or nothing where the text is no such address. Credentials never stand in it. */
export const parseS3Url = (text: string): S3Place | undefined => {
  const url = URL.parse(text);
  if (url?.protocol !== 's3:' || url.username !== '' || url.port !== '' || url.hash !== '') return undefined;
  const names = [...url.searchParams.keys()];
  if (names.some((name) => !known.has(name)) || new Set(names).size !== names.length) return undefined;
  const region = url.searchParams.get('region') ?? 'us-east-1';
  const endpoint = url.searchParams.get('endpoint');
  const isRight = bucketName.test(url.hostname) && prefixPath.test(url.pathname) && regionName.test(region) && (endpoint === null || isEndpoint(endpoint));
  if (!isRight || url.pathname.length > 300) return undefined;
  const prefix = url.pathname.replaceAll(/^\/|\/$/g, '');
  return { bucket: url.hostname, prefix: prefix === '' ? '' : `${prefix}/`, region, ...(endpoint === null ? {} : { endpoint }) };
};
