/** Looking for malware in a file before anybody can have it. Adapters: infrastructure/virus-scanner. Every adapter passes tests/contracts/virus-scanner. */

export type ScanVerdict =
  | { readonly kind: 'clean' }
  /** `signature`: what was found, as the scanner calls it; at most 200 printable characters. */
  | { readonly kind: 'infected'; readonly signature: string }
  /** The scanner will never look at this one: it is larger than it takes. */
  | { readonly kind: 'unscannable' };

export interface VirusScanner {
  /** Reads the content once, as far as is needed. Throws `VirusScannerUnavailable`, or what the content itself threw. */
  scan(content: AsyncIterable<Uint8Array>): Promise<ScanVerdict>;
}

/** The scanner cannot be reached, does not answer or cannot judge now: the same work may be tried again later. */
export class VirusScannerUnavailable extends Error {
  override readonly name = 'VirusScannerUnavailable';
}
