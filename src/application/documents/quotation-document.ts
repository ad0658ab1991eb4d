/** What stands on a quotation's paper: its issued revision, and the words for everything it names by an id or a code, as they were then. */
import { catalogFact, listedIn } from '../../domain/catalog/decider.ts';
import { customerFact, type PresentCustomer } from '../../domain/customer/state.ts';
import type { DataOf, Facts } from '../../domain/kernel/aggregate.ts';
import { money, zeroMoney } from '../../domain/kernel/money.ts';
import { localDate } from '../../domain/kernel/time-zone.ts';
import { catalogId } from '../../domain/kernel/well-known.ts';
import type { quotationEvents } from '../../domain/quotation/events.ts';
import { type Line, linesOf, type PresentQuotation } from '../../domain/quotation/state.ts';
import { serviceRequestFact } from '../../domain/service-request/state.ts';
import type { Letterhead, PrintedLine, QuotationDocument } from '../ports/quotation-printer.ts';

type Issued = DataOf<(typeof quotationEvents)['QuotationIssued']>;
type Texts = Readonly<Record<string, string>>;

const language = 'es';
const catalogs = ['company-profile', 'tax', 'uom', 'municipio', 'zona', 'country'] as const;
/** All that the paper names; what of it did not exist is left out. */
export const namedBy = ({ requestId, customerId }: PresentQuotation) => [
  customerFact.at(customerId),
  serviceRequestFact.at(requestId),
  ...catalogs.map((name) => catalogFact.at(catalogId(name))),
];

const entryOf = (facts: Facts, catalog: (typeof catalogs)[number], code: string) => listedIn(facts, catalogId(catalog), code)?.entry;
/** The texts among the members of an object; the customer's state keeps contents as canonical JSON. */
const textsOf = (value: unknown): Texts =>
  Object.fromEntries(Object.entries(value ?? {}).filter((member): member is [string, string] => typeof member[1] === 'string' && member[1] !== ''));
const textsIn = (content: string): Texts => textsOf(JSON.parse(content));

const wordFor = (facts: Facts, catalog: (typeof catalogs)[number], code: string): string => {
  const entry = entryOf(facts, catalog, code);
  return textsOf(entry?.names)[language] ?? entry?.name ?? code;
};
/** The company as the catalog `company-profile` describes it: by its own entry, which no release ever replaces, else by the shipped one. */
const issuer = (facts: Facts): Letterhead => {
  const entry = entryOf(facts, 'company-profile', 'own') ?? entryOf(facts, 'company-profile', 'default');
  const { legalName, taxId, address, phone, email, website } = textsOf(entry?.attributes);
  const lines = [address, phone === undefined ? undefined : `Tel. ${phone}`, email, website].filter((line) => line !== undefined);
  return { name: legalName ?? entry?.name ?? '', lines, ...(taxId === undefined ? {} : { taxId }) };
};

const taxIdKinds: Texts = { nit: 'NIT', cui: 'CUI' };
const addressLines = (facts: Facts, { street, zona, municipio, postalCode, country }: Texts): readonly string[] => {
  const place = [
    zona === undefined ? undefined : wordFor(facts, 'zona', zona),
    municipio === undefined ? undefined : wordFor(facts, 'municipio', municipio),
    postalCode,
    country === undefined ? undefined : wordFor(facts, 'country', country),
  ].filter((part) => part !== undefined);
  return [street ?? '', place.join(', ')].filter((line) => line !== '');
};
/** The primary fiscal address, else that for bills; no person: whoever signs writes their own name. */
const addressOf = ({ addresses }: PresentCustomer): Texts => {
  const primary = Object.values(addresses).filter(({ isPrimary }) => isPrimary);
  const found = primary.find(({ kind }) => kind === 'fiscal') ?? primary.find(({ kind }) => kind === 'billing');
  return found === undefined ? {} : textsIn(found.content);
};
const customerHead = (
  customer: PresentCustomer,
  { accountId, facts }: { readonly accountId: string; readonly facts: Facts },
): QuotationDocument['customer'] => {
  const entities = Object.values(customer.legalEntities).map(textsIn);
  // With several, nobody has said yet which one buys.
  const [entity = {}] = entities.length === 1 ? entities : [];
  const { legalName, taxId, taxIdKind = '' } = entity;
  const account = customer.accounts[accountId];
  const { accountName } = account === undefined ? {} : textsIn(account.content);
  const isSame = legalName === undefined || legalName === customer.name;
  return {
    name: customer.name,
    lines: [...(isSame ? [] : [legalName]), ...addressLines(facts, addressOf(customer))],
    ...(taxId === undefined ? {} : { taxId: `${taxIdKinds[taxIdKind] ?? 'ID'} ${taxId}` }),
    ...(accountName === undefined ? {} : { account: accountName }),
  };
};

const piece = 'H87';
const printed = (line: Line, { issued, facts }: { readonly issued: Issued; readonly facts: Facts }): PrintedLine => {
  const { lineId, description, quantity, unitPrice, discount, amount, tax, isTaxIncluded } = line;
  return {
    description,
    ...(line.sku === undefined ? {} : { sku: line.sku }),
    quantity,
    unit: wordFor(facts, 'uom', line.uom ?? piece),
    unitPrice: money(unitPrice.amount, unitPrice.currency),
    ...(discount === undefined ? {} : { discount }),
    amount,
    tax: wordFor(facts, 'tax', tax),
    taxAmount: issued.lineTaxes.find((each) => each.lineId === lineId)?.tax ?? zeroMoney(amount.currency),
    isTaxIncluded,
  };
};

/** `state` is that of the moment it was issued, `facts` what `namedBy` named, as it was then. */
export const quotationDocument = (
  issued: Issued,
  { state, issuedAt, facts }: { readonly state: PresentQuotation; readonly issuedAt: string; readonly facts: Facts },
): QuotationDocument => {
  const { customerId, accountId, timeZone, terms } = state;
  const customer = customerFact.of(facts, customerId);
  if (customer === undefined || customer.situation === 'absent') throw new Error('a quotation of a customer that does not exist');
  const request = serviceRequestFact.of(facts, state.requestId);
  const { quotationNumber, revision, validUntil, net, tax, total, advance, contentHash } = issued;
  return {
    issuer: issuer(facts),
    customer: customerHead(customer, { accountId, facts }),
    quotationNumber,
    revision,
    ...(request === undefined || request.situation === 'absent' ? {} : { requestNumber: request.requestNumber }),
    issuedAt,
    issuedOn: localDate(issuedAt, timeZone),
    validUntil,
    timeZone,
    lines: linesOf(state).map((line) => printed(line, { issued, facts })),
    net,
    tax,
    total,
    ...(advance === undefined ? {} : { advance }),
    ...(terms.notes === undefined ? {} : { notes: terms.notes }),
    contentHash,
  };
};
