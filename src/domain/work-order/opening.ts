/** How an order begins: whose it is, what it carries over, and which policy holds for it. */
import { agreementFact } from '../agreement/state.ts';
import { catalogFact } from '../catalog/decider.ts';
import { customerFact } from '../customer/state.ts';
import { equipmentFact, outOf } from '../equipment/state.ts';
import { type Context, type DataOf, emit, type Facts, type Frozen, type Guards, reject } from '../kernel/aggregate.ts';
import { type PresentRequest, serviceRequestFact } from '../service-request/state.ts';
import type { workOrderCommands } from './commands.ts';
import { workOrderEvents } from './events.ts';
import { contractTypes, responsibilities, responsibilityOf } from './responsibility.ts';
import { attachmentsMax, equipmentTypes, inCurrency, knownCurrency, metersOf, orderPolicies, policyOf } from './rules.ts';
import { isBookkeeping, openingOf, seriesOf, type WorkOrder } from './state.ts';

const event = emit(workOrderEvents);
type Open = DataOf<(typeof workOrderCommands)['OpenWorkOrder']>;
const over = ['closed', 'declined', 'cancelled'] as const;

const requestOf = (facts: Facts, { requestId }: Open): PresentRequest | undefined => {
  const found = requestId === undefined ? undefined : serviceRequestFact.of(facts, requestId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};
const unitOf = (facts: Facts, equipmentId: string | undefined) => {
  const found = equipmentId === undefined ? undefined : equipmentFact.of(facts, equipmentId);
  return found === undefined || found.situation === 'absent' ? undefined : found;
};

/** SR-2: an order for a request that has ended is refused; it works on the unit that the request is about. */
const fitsRequest = (request: PresentRequest | undefined, { equipmentId }: Open) => {
  if (request === undefined) return undefined;
  if (over.some((status) => status === request.status)) return reject('requestEnded', `The request is ${request.status}.`, { status: request.status });
  return request.equipmentId !== null && equipmentId !== undefined && equipmentId !== request.equipmentId
    ? reject('otherEquipment', 'The request is about another unit.', { equipmentId: request.equipmentId })
    : undefined;
};
const hasUnit = (equipmentId: string | undefined, { kind }: Open, facts: Facts) => {
  // Work at a site needs no unit of the fleet.
  if (equipmentId === undefined) return kind === 'service' ? undefined : reject('equipmentRequired', 'Work of this kind is done on a unit.');
  return unitOf(facts, equipmentId)?.lifecycle === 'retired' ? reject('equipmentRetired', 'The unit has left the fleet.') : undefined;
};

type Owner = { readonly customerId?: string; readonly accountId?: string };
/** Whose order it is: as said, else the request's, else the unit's holder's now (TE-9), else the company's own. */
const ownerOf = (
  command: Open,
  request: PresentRequest | undefined,
  { facts, equipmentId }: { readonly facts: Facts; readonly equipmentId: string | undefined },
): Owner => {
  const unit = unitOf(facts, equipmentId);
  const holder = unit === undefined ? undefined : outOf(unit)?.ids;
  const from: Owner = request ?? (holder === undefined ? {} : { customerId: holder.customerId, accountId: holder.accountId });
  const customerId = command.customerId ?? from.customerId;
  const accountId = command.accountId ?? (customerId === from.customerId ? from.accountId : undefined);
  return { ...(customerId === undefined ? {} : { customerId }), ...(accountId === undefined ? {} : { accountId }) };
};
const isItsAccount = ({ customerId, accountId }: Owner, facts: Facts) => {
  if (accountId === undefined) return undefined;
  const customer = customerId === undefined ? undefined : customerFact.of(facts, customerId);
  const isKnown = customer !== undefined && customer.situation !== 'absent' && Object.hasOwn(customer.accounts, accountId);
  return isKnown ? undefined : reject('unknownAccount', 'The account is not this customer’s.');
};

/** SR-3: what the request says of itself, where the order says nothing. */
const textOf = (request: PresentRequest | undefined): string => {
  const said: unknown = request === undefined ? {} : JSON.parse(request.particulars);
  return typeof said === 'object' && said !== null && 'description' in said && typeof said.description === 'string' ? said.description : '';
};

export const openWorkOrder = (state: Frozen<WorkOrder>, command: Open, { facts, takeNumber, now }: Context) => {
  const request = requestOf(facts, command);
  const { customerId: _, accountId: _account, signatureRequired, description, attachmentIds, ...said } = command;
  const equipmentId = command.equipmentId ?? request?.equipmentId ?? undefined;
  const particulars = { ...said, ...(equipmentId === undefined ? {} : { equipmentId }) };
  if (state.situation === 'present') return state.content === openingOf(particulars) ? [] : reject('alreadyOpened', 'This order is open for something else.');
  const owner = ownerOf(command, request, { facts, equipmentId });
  const wrong =
    fitsRequest(request, command) ??
    hasUnit(equipmentId, command, facts) ??
    knownCurrency(command.currency) ??
    inCurrency(command.currency, [command.budget]) ??
    isItsAccount(owner, facts);
  if (wrong !== undefined) return wrong;
  const files = [...new Set([...attachmentIds, ...Object.keys(request?.media ?? {})])];
  if (files.length > attachmentsMax) return reject('tooMany', `At most ${attachmentsMax} files.`, { max: attachmentsMax });
  const policy = policyOf(facts, command.kind, command.currency);
  const unit = unitOf(facts, equipmentId);
  const responsibility = responsibilityOf({ facts, now }, { request, unit });
  return [
    event('WorkOrderOpened', {
      workOrderNumber: Math.max(1, takeNumber(seriesOf(owner.customerId))),
      ...owner,
      ...particulars,
      description: description.trim() === '' ? textOf(request) : description,
      attachmentIds: files,
      policy: {
        ...policy,
        signatureRequired: policy.signatureRequired || signatureRequired === true,
        meterKinds: unit === undefined || isBookkeeping(command) ? [] : metersOf(facts, unit.equipmentType),
      },
      ...(responsibility === undefined ? {} : { responsibility }),
    }),
  ];
};

type Guard = NonNullable<Guards<WorkOrder, typeof workOrderCommands>['OpenWorkOrder']>;
/** The request first: it says which unit and whose; then what those lead to. */
export const openingGuard: Guard = (_state, command, { facts }) => {
  const request = requestOf(facts, command);
  const equipmentId = command.equipmentId ?? request?.equipmentId ?? undefined;
  const unit = unitOf(facts, equipmentId);
  const rental = unit === undefined ? undefined : outOf(unit)?.ids;
  const holders = rental === undefined ? [] : [rental.customerId];
  const customers = [...(command.customerId === undefined ? [] : [command.customerId]), ...(request === undefined ? [] : [request.customerId]), ...holders];
  return [
    catalogFact.at(orderPolicies),
    catalogFact.at(equipmentTypes),
    ...(rental === undefined ? [] : [agreementFact.at(rental.agreementId), catalogFact.at(contractTypes), catalogFact.at(responsibilities)]),
    ...(command.requestId === undefined ? [] : [serviceRequestFact.at(command.requestId)]),
    ...(equipmentId === undefined ? [] : [equipmentFact.at(equipmentId)]),
    ...[...new Set(customers)].map(customerFact.at),
  ];
};
