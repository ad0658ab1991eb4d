/** Papers for customers. Adapter: infrastructure/documents. */
import type { Money } from '../../domain/kernel/money.ts';

/** A line as it stands on the paper, all codes already in words. */
export type PrintedLine = {
  readonly description: string;
  readonly sku?: string;
  /** A decimal. */
  readonly quantity: string;
  readonly unit: string;
  readonly unitPrice: Money;
  readonly discount?: Money;
  /** Unit price × quantity − discount, rounded. */
  readonly amount: Money;
  readonly tax: string;
  readonly taxAmount: Money;
  /** The price holds the tax already. */
  readonly isTaxIncluded: boolean;
};
export type Letterhead = {
  readonly name: string;
  readonly taxId?: string;
  /** Address, telephone, mail, one line each. */
  readonly lines: readonly string[];
};
/** Everything that stands on a quotation, and nothing else decides what it looks like: the same document is the same bytes. */
export type QuotationDocument = {
  readonly issuer: Letterhead;
  readonly customer: Letterhead & { readonly account?: string };
  readonly quotationNumber: string;
  readonly revision: number;
  readonly requestNumber?: number;
  /** The instant it was issued, ISO 8601 UTC, and the day that was in its zone. */
  readonly issuedAt: string;
  readonly issuedOn: string;
  readonly validUntil: string;
  readonly timeZone: string;
  readonly lines: readonly PrintedLine[];
  readonly net: Money;
  readonly tax: Money;
  readonly total: Money;
  readonly advance?: Money;
  readonly notes?: string;
  /** SHA-256 of what is offered, as it has to be named when it is accepted. */
  readonly contentHash: string;
};

export interface QuotationPrinter {
  /** The quotation as a PDF, in the company's language. */
  print(document: QuotationDocument): Promise<Uint8Array>;
}
