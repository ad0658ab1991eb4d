/** Files come in: announced by a command, streamed to the blob store, held against what was announced, then stored or refused for good. */
import { attachment } from '../../domain/attachment/decider.ts';
import type { Pending, Version } from '../../domain/attachment/state.ts';
import { uuidv5 } from '../../domain/kernel/ids.ts';
import { type Caller, may, systemCaller } from '../caller.ts';
import type { CommandEnvelope, CommandHandler, CommandOutcome } from '../handle-command.ts';
import { type BlobStore, BlobTooLarge, type StagedBlob } from '../ports/blob-store.ts';
import type { VirusScanner } from '../ports/virus-scanner.ts';
import type { States } from '../states.ts';
import { sniff } from './sniff.ts';
import { visibleAttachment } from './visible.ts';

const namespace = '3b1de5c1-54c3-5d0f-8a9e-0c2b7f6c4d18';

export type UploadParts = {
  readonly states: States;
  readonly commands: Pick<CommandHandler, 'handle'>;
  readonly blobs: BlobStore;
  /** Absent: nothing is scanned. */
  readonly scanner?: VirusScanner;
  readonly clock: () => string;
  /** The largest file this installation takes. */
  readonly bytesMax: number;
};
export type BeginUpload = Omit<CommandEnvelope, 'category' | 'type' | 'expectedRevision'>;
export type Begun =
  /** `uploadId` is there whenever an upload is waiting for its content, also when the same announcement was made before. */
  { readonly outcome: CommandOutcome; readonly uploadId?: string };
/** Which upload the content is for. */
export type Incoming = { readonly attachmentId: string; readonly uploadId: string; readonly content: AsyncIterable<Uint8Array>; readonly caller: Caller };
export type RejectReason = 'tooLarge' | 'otherSize' | 'otherType' | 'unknownType' | 'infected' | 'unscannable';
export type Received =
  | { readonly kind: 'stored'; readonly sha256: string; readonly sizeBytes: number; readonly mimeType: string; readonly outcome: CommandOutcome }
  /** Recorded: this upload is over, a new one has to be begun. */
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly message: string }
  /** Not there, not the caller's, or not waiting for content: told alike. */
  | { readonly kind: 'notFound' };

/** `<attachment>/<upload>/<sha256>`: apart for each attachment, so that what is deleted was nobody else's; the hash stands in the name. */
export const storageKeyOf = (attachmentId: string, uploadId: string, sha256: string): string => `${attachmentId}/${uploadId}/${sha256}`;

type Refused = { readonly reason: RejectReason; readonly message: string };
type Verdict = { readonly mimeType: Pending['declaredType'] } | Refused;
/** Is it what was announced? */
const judge = ({ declaredType, declaredSizeBytes }: Pending, { sizeBytes, head }: StagedBlob): Verdict => {
  if (sizeBytes !== declaredSizeBytes) return { reason: 'otherSize', message: `${declaredSizeBytes} bytes were announced, ${sizeBytes} came.` };
  const types = sniff(head);
  if (types.length === 0) return { reason: 'unknownType', message: 'The content is of no type that is taken.' };
  if (!types.includes(declaredType)) return { reason: 'otherType', message: `${declaredType} was announced, the content is ${types.join(' or ')}.` };
  return { mimeType: declaredType };
};

export class Uploads {
  readonly #parts: UploadParts;

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  /** Announces a file: the command `BeginUpload`, given as the generic route would give it. */
  async begin(request: BeginUpload): Promise<Begun> {
    const declaredBytes = request.data['declaredSizeBytes'];
    if (typeof declaredBytes === 'number' && declaredBytes > this.#parts.bytesMax) {
      const rejection = { code: 'tooLarge', message: `At most ${this.#parts.bytesMax} bytes.`, details: { bytesMax: this.#parts.bytesMax } };
      return { outcome: { kind: 'refused', rejection } };
    }
    const outcome = await this.#parts.commands.handle({ ...request, category: attachment.category, type: 'BeginUpload' });
    const pending =
      outcome.kind === 'accepted' || outcome.kind === 'unchanged'
        ? (await visibleAttachment(this.#parts.states, request.id, request.caller))?.pending
        : undefined;
    return pending === undefined || pending === null ? { outcome } : { outcome, uploadId: pending.uploadId };
  }

  /**
   * Takes the content of an upload. The same content again gives the same answer. What the sender breaks off leaves nothing and may be sent
   * again: then this throws what the stream threw. Throws `BlobStoreUnavailable` and `VirusScannerUnavailable`: nothing is decided then.
   */
  async receive({ attachmentId, uploadId, content, caller }: Incoming): Promise<Received> {
    const known = await visibleAttachment(this.#parts.states, attachmentId, caller);
    if (known === undefined || !may(caller, 'attachment:create')) return { kind: 'notFound' };
    const stored = known.versions.find((version) => version.uploadId === uploadId);
    if (stored !== undefined) return this.#store(attachmentId, stored, 'again');
    const { pending } = known;
    if (pending?.uploadId !== uploadId) return { kind: 'notFound' };
    const staged = await this.#stage(pending, content);
    if ('reason' in staged) return this.#reject(attachmentId, uploadId, staged);
    try {
      const verdict = await this.#judge(pending, staged);
      if ('reason' in verdict) return await this.#reject(attachmentId, uploadId, verdict);
      const { sizeBytes, sha256 } = staged;
      const storageKey = storageKeyOf(attachmentId, uploadId, sha256);
      await staged.keep(storageKey);
      const received = await this.#store(attachmentId, { uploadId, sizeBytes, sha256, mimeType: verdict.mimeType, storageKey }, sha256);
      // Another content came first, or the attachment went away meanwhile: nothing will ever name this one.
      if (received.kind === 'notFound') await this.#parts.blobs.removeAll(storageKey);
      return received;
    } finally {
      await staged.discard();
    }
  }

  /** Scanned last, because that costs most, and before anybody could have it (P18). */
  async #judge(pending: Pending, staged: StagedBlob): Promise<Verdict> {
    const verdict = judge(pending, staged);
    const { scanner } = this.#parts;
    if ('reason' in verdict || scanner === undefined) return verdict;
    const scan = await scanner.scan(staged.content());
    if (scan.kind === 'infected') return { reason: 'infected', message: `The virus scanner found ${scan.signature}.` };
    return scan.kind === 'unscannable' ? { reason: 'unscannable', message: 'It is larger than the virus scanner looks at.' } : verdict;
  }

  async #stage(pending: Pending, content: AsyncIterable<Uint8Array>): Promise<StagedBlob | Refused> {
    const bytesMax = Math.min(pending.declaredSizeBytes, this.#parts.bytesMax);
    try {
      return await this.#parts.blobs.stage(content, { bytesMax });
    } catch (error) {
      if (error instanceof BlobTooLarge) return { reason: 'tooLarge', message: `More than the ${bytesMax} bytes came that were announced or may come.` };
      throw error;
    }
  }

  async #reject(attachmentId: string, uploadId: string, { reason, message }: Refused): Promise<Received> {
    const outcome = await this.#send(attachmentId, 'RejectUpload', `${uploadId}:rejected`, { uploadId, reason, message });
    return outcome.kind === 'refused' || outcome.kind === 'notFound' ? { kind: 'notFound' } : { kind: 'rejected', reason, message };
  }

  async #store(attachmentId: string, version: Omit<Version, 'name' | 'version'>, step: string): Promise<Received> {
    const { uploadId, sizeBytes, sha256, mimeType, storageKey } = version;
    const outcome = await this.#send(attachmentId, 'StoreUpload', `${uploadId}:${step}`, { uploadId, sizeBytes, sha256, mimeType, storageKey });
    return outcome.kind === 'refused' || outcome.kind === 'notFound' ? { kind: 'notFound' } : { kind: 'stored', sha256, sizeBytes, mimeType, outcome };
  }

  async #send(attachmentId: string, type: string, step: string, data: Readonly<Record<string, unknown>>): Promise<CommandOutcome> {
    const commandId = uuidv5(namespace, `${attachmentId}:${step}`);
    const outcome = await this.#parts.commands.handle({
      commandId,
      commandHash: commandId,
      category: attachment.category,
      id: attachmentId,
      type,
      caller: systemCaller('uploads'),
      at: this.#parts.clock(),
      correlationId: commandId,
      causationId: commandId,
      data,
    });
    if (outcome.kind === 'contention') throw new Error(`${type} for ${attachmentId} met contention`);
    return outcome;
  }
}
