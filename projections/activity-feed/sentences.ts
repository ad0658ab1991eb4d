/** Sentences that say more than the event's name does. Any event without one has the plain sentence. */
import { accountEvents } from '../../src/domain/account/events.ts';
import { agreementEvents } from '../../src/domain/agreement/events.ts';
import { attachmentEvents } from '../../src/domain/attachment/events.ts';
import { customerEvents } from '../../src/domain/customer/events.ts';
import { equipmentEvents } from '../../src/domain/equipment/events.ts';
import { geofenceEvents } from '../../src/domain/geofence/events.ts';
import { inspectionEvents } from '../../src/domain/inspection/events.ts';
import { interactionEvents } from '../../src/domain/interaction/events.ts';
import { maintenanceEvents } from '../../src/domain/maintenance/events.ts';
import { notificationGroupEvents } from '../../src/domain/notification-group/events.ts';
import { productEvents } from '../../src/domain/product/events.ts';
import { productCategoryEvents } from '../../src/domain/product-category/events.ts';
import { quotationEvents } from '../../src/domain/quotation/events.ts';
import { roadsideEvents } from '../../src/domain/roadside/events.ts';
import { roleEvents } from '../../src/domain/role/events.ts';
import { serviceRequestEvents } from '../../src/domain/service-request/events.ts';
import { caseEvents } from '../../src/domain/support-case/events.ts';
import { userEvents } from '../../src/domain/user/events.ts';
import { workOrderEvents } from '../../src/domain/work-order/events.ts';
import { type Sentences, say } from './sentence.ts';

const reading = (value: string): string => value.replaceAll('_', ' ').replaceAll('-', ' ');
// By code points: half a character could not be stored.
const briefly = (text: string): string => [...text].slice(0, 200).join('');
const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

export const sentences: Sentences = {
  ...say('customer', customerEvents, {
    CustomerRegistered: ({ customerName }) => `${customerName} became a customer`,
    CustomerBlocked: ({ reason }) => `The customer was blocked: ${reason}`,
    CreditHeld: ({ reason }) => `Credit is held: ${reason}`,
    CustomerClosed: ({ reason }) => `The customer left: ${reason}`,
    LegalEntityAdded: ({ legalName }) => `Legal entity ${legalName} added`,
    AccountOpened: ({ accountName, accountNumber }) => `Account ${accountNumber} ${accountName} opened`,
    AccountClosed: ({ reason }) => `An account was closed: ${reason}`,
    ContactAdded: ({ role }) => `A ${role} contact was added`,
    CustomerDocumentAdded: ({ documentType, name }) => `Document added: ${documentType} ${name}`,
    CustomerDocumentExpiryNear: ({ expiresOn, daysLeft }) => `A document expires in ${days(daysLeft)}, on ${expiresOn}`,
    CustomerDocumentExpired: ({ expiresOn }) => `A document expired on ${expiresOn}`,
  }),
  ...say('account', accountEvents, {
    AccountProfileBegun: () => 'The account has a profile',
    AccountNotesChanged: () => 'The account’s notes were changed',
    AlertRecipientNamed: () => 'A user is told of the account’s alerts',
    AlertRecipientRemoved: () => 'A user is no longer told of the account’s alerts',
    GeofenceAlertsSwitched: ({ isEnabled }) => `Geofence alerts of the account turned ${isEnabled ? 'on' : 'off'}`,
    InvoiceRecipientNamed: () => 'A person gets the account’s invoices by mail',
    InvoiceMailOptedOut: () => 'A recipient opted out of invoice mail',
  }),
  ...say('interaction', interactionEvents, {
    InteractionLogged: ({ channel, direction }) => `A contact was talked with (${reading(direction)} ${reading(channel)})`,
    InteractionCorrected: () => 'What was written about a talk was corrected',
  }),
  ...say('attachment', attachmentEvents, {
    AttachmentUploadBegun: ({ name, documentCategory }) => `Upload of ${name} began (${reading(documentCategory)})`,
    AttachmentStored: ({ name, version }) => (version === 1 ? `${name} was stored` : `Version ${version} of ${name} was stored`),
    AttachmentRejected: ({ message }) => `An upload was refused: ${message}`,
    AttachmentExpiryNear: ({ expiresOn, daysLeft }) => `A file expires within ${days(daysLeft)}, on ${expiresOn}`,
    AttachmentExpired: ({ expiresOn }) => `A file expired on ${expiresOn}`,
    AttachmentRetained: ({ until }) => `A file is kept through ${until}`,
    AttachmentRemoved: ({ reason }) => `A file was removed: ${reason}`,
  }),
  ...say('equipment', equipmentEvents, {
    EquipmentRegistered: ({ unitNumber }) => `Unit ${unitNumber} joined the fleet`,
    EquipmentRetired: ({ reason }) => `The unit left the fleet: ${reason}`,
    EquipmentHoldPlaced: ({ kind, source }) => `Out of service: ${reading(kind)} (${source})`,
    EquipmentHoldReleased: ({ kind, isInService }) => `Hold released: ${reading(kind)}${isInService ? '; the unit is back in service' : ''}`,
    EquipmentPermitSet: ({ licensePlateNumber, licensePlateState }) => `Plate ${licensePlateNumber} of ${licensePlateState} set`,
    EquipmentPermitExpiryNear: ({ expiresOn, daysLeft }) => `The permit expires in ${days(daysLeft)}, on ${expiresOn}`,
    EquipmentPermitExpired: ({ expiresOn }) => `The permit expired on ${expiresOn}`,
    EquipmentDocumentExpiryNear: ({ expiresOn, daysLeft }) => `A paper of the unit expires in ${days(daysLeft)}, on ${expiresOn}`,
    LoadStatusChanged: ({ loadStatus }) => `Load status: ${reading(loadStatus)}`,
    EquipmentAssigned: ({ from, status }) => (status === 'reserved' ? `Reserved from ${from}` : `On rent from ${from}`),
    AssignmentActivated: ({ activatedOn }) => `The reservation began: on rent from ${activatedOn}`,
    AssignmentActivationRefused: ({ on, message }) => `The reservation could not begin on ${on}: ${message}`,
    AssignmentCancelled: ({ reason }) => `Reservation cancelled: ${reason}`,
    EquipmentCalledOff: ({ offRentOn }) => `Called off: rent ends on ${offRentOn}`,
    CallOffWithdrawn: () => 'Call-off withdrawn: rent goes on',
    EquipmentReturned: ({ returnedOn, condition }) => `Returned on ${returnedOn} in ${condition} condition`,
  }),
  ...say('agreement', agreementEvents, {
    AgreementActivated: ({ endDate, isEvergreen }) => (isEvergreen ? 'Agreement in force until terminated' : `Agreement in force until ${endDate}`),
    AgreementAmended: ({ effectiveOn }) => `Agreement amended from ${effectiveOn}`,
    AgreementRenewed: ({ endDate }) => `Agreement renewed until ${endDate}`,
    AgreementTerminated: ({ on, reason }) => `Agreement terminated on ${on}: ${reason}`,
    AgreementExpired: ({ on }) => `Agreement expired on ${on}`,
    LineRateChanged: ({ from, rate, per }) => `From ${from} the rate is ${rate.amount} ${rate.currency} a ${per}`,
  }),
  ...say('geofence', geofenceEvents, {
    GeofenceDrawn: ({ name, shape }) => `Geofence ${name} drawn as a ${shape.kind}`,
    GeofenceReshaped: ({ versionNumber, shape }) => `The geofence was redrawn as a ${shape.kind} (geometry ${versionNumber})`,
    GeofenceRenamed: ({ name }) => `The geofence is called ${name}`,
    GeofenceTagged: ({ tags }) => (tags.length === 0 ? 'The geofence has no tags' : `The geofence is tagged ${tags.map(reading).join(', ')}`),
    GeofenceLimitedToAccounts: ({ accountIds }) =>
      accountIds.length === 0
        ? 'The geofence watches all accounts'
        : `The geofence watches ${accountIds.length === 1 ? 'one account' : `${accountIds.length} accounts`}`,
    GeofenceAlertsConfigured: ({ events }) =>
      events.length === 0 ? 'The geofence tells of nothing' : `The geofence tells of ${events.map(reading).join(', ')}`,
    GeofenceArchived: ({ reason }) => `The geofence was archived: ${reason}`,
  }),
  ...say('serviceRequest', serviceRequestEvents, {
    RequestSubmitted: ({ requestNumber, serviceType, urgency, description }) =>
      `Request ${requestNumber} for ${reading(serviceType)} (${reading(urgency)})${description.trim() === '' ? '' : `: ${briefly(description)}`}`,
    RequestPriorityChanged: ({ urgency, before }) => `The request is ${reading(urgency)}, no longer ${reading(before)}`,
    RequestMediaAttached: ({ mediaCategory }) => `A file was added to the request: ${reading(mediaCategory)}`,
    RequestAssigned: ({ role }) => `The request has a ${reading(role)}`,
    RequestUnassigned: ({ role }) => `The request’s ${reading(role)} no longer has it`,
    RequestReviewStarted: () => 'The request is being looked into',
    ManagerReviewRequested: () => 'A manager is asked to look at the request',
    ManagerReviewApproved: () => 'A manager approved the request',
    ManagerReviewRejected: ({ reason }) => `A manager did not approve the request: ${reason}`,
    RequestQuoted: () => 'A quotation for the request is with the customer',
    RequestAccepted: () => 'The customer accepted the quotation',
    RequestQuotationLapsed: ({ isLast }) => (isLast ? 'The last quotation of the request lapsed: it is in review again' : 'A quotation of the request lapsed'),
    RequestScheduled: ({ startsAt }) => `The request is scheduled for ${startsAt}`,
    RequestRescheduled: ({ startsAt, reason }) => `The request was moved to ${startsAt}: ${reason}`,
    RequestStarted: () => 'Work on the request began',
    RequestResolved: ({ resolution }) =>
      resolution === undefined || resolution.trim() === '' ? 'The request is resolved' : `The request is resolved: ${briefly(resolution)}`,
    RequestClosed: ({ by }) => (by === 'deadline' ? 'The request closed by itself' : 'The request was confirmed and closed'),
    RequestReopened: ({ reason }) => `The request was reopened: ${reason}`,
    RequestDeclined: ({ reason }) => `The request was declined: ${reason}`,
    RequestCancelled: ({ reason }) => `The request was cancelled: ${reason}`,
    RequestPutOnHold: ({ reason }) => `The request is on hold: ${reason}`,
    RequestHoldReleased: () => 'The request goes on',
    RequestSlaBreached: ({ state, dueAt }) => `The request is too long ${reading(state)}: it was due ${dueAt}`,
    RequestNoteAdded: ({ text }) => `Written to the request: ${briefly(text)}`,
    RequestInternalNoteAdded: ({ text }) => `Noted for the company: ${briefly(text)}`,
    RequestNoticeSent: ({ kind, userIds }) =>
      `${userIds.length === 1 ? 'One person was' : `${userIds.length} people were`} told that the request is ${reading(kind)}`,
    RequestUnitsPromised: ({ quantity, from, to }) => `${quantity === 1 ? 'One unit is' : `${quantity} units are`} promised from ${from} to ${to}`,
    RequestUnitsShort: ({ quantity, from, to, available }) => `Of the ${quantity} units wanted from ${from} to ${to} only ${available} are free`,
    RequestVisitsPlanned: ({ visits }) => `${visits.length === 1 ? 'One visit' : `${visits.length} visits`} planned`,
    RequestVisitDone: ({ doneOn }) => `A visit took place on ${doneOn}`,
    WasteCollected: ({ manifestNumber, volumeM3 }) => `${volumeM3} m³ collected under manifest ${manifestNumber}`,
    WasteDisposed: ({ manifestNumber, volumeM3, site }) => `${volumeM3} m³ of manifest ${manifestNumber} left at ${site}`,
    RequestWorkContinues: ({ reason }) => `The request is cancelled, but work on it goes on: ${reason}`,
  }),
  ...say('quotation', quotationEvents, {
    QuotationDrafted: () => 'A quotation for the request is being written',
    QuotationLineAdded: ({ description, quantity, amount }) => `Offered: ${quantity} × ${briefly(description)} for ${amount.amount} ${amount.currency}`,
    QuotationLineChanged: ({ description, quantity, amount }) => `Now offered: ${quantity} × ${briefly(description)} for ${amount.amount} ${amount.currency}`,
    QuotationLineRemoved: () => 'A line is no longer offered',
    QuotationSubmitted: ({ total }) => `Approval of a quotation of ${total.amount} ${total.currency} was asked for`,
    QuotationApproved: ({ total }) => `The quotation of ${total.amount} ${total.currency} was approved`,
    QuotationRejected: ({ reason }) => `The quotation was not approved: ${reason}`,
    QuotationIssued: ({ quotationNumber, revision, total, validUntil }) =>
      `Quotation ${quotationNumber}${revision === 1 ? '' : ` (revision ${revision})`} of ${total.amount} ${total.currency} issued, valid until ${validUntil}`,
    QuotationRevised: ({ revision, reason }) => `Revision ${revision} of the quotation is being written${reason === undefined ? '' : `: ${reason}`}`,
    QuotationWithdrawn: ({ reason }) => `The quotation was withdrawn: ${reason}`,
    QuotationAccepted: ({ revision, total }) => `Revision ${revision} of the quotation was accepted for ${total.amount} ${total.currency}`,
    QuotationDeclined: ({ reason }) => `The quotation was declined: ${reason}`,
    QuotationExpired: ({ validUntil }) => `The quotation expired: it was valid until ${validUntil}`,
    QuotationFollowUpLogged: ({ nextFollowUpOn }) =>
      nextFollowUpOn === undefined ? 'Somebody asked after the quotation' : `Somebody asked after the quotation, and asks again on ${nextFollowUpOn}`,
    QuotationFollowUpDue: ({ on }) => `It is time to ask after the quotation again, as planned for ${on}`,
    QuotationDocumentAttached: ({ role, revision }) =>
      role === 'quotation' ? `The quotation’s paper is there (revision ${revision})` : 'A paper was added to the quotation',
    QuotationAdvanceReceived: ({ amount, isWhole }) => `${amount.amount} ${amount.currency} of the advance is in${isWhole ? ': that is all of it' : ''}`,
    QuotationAdvanceReversed: ({ amount, reason }) => `${amount.amount} ${amount.currency} of the advance was not good: ${reason}`,
    WorkBeforeAdvanceApproved: ({ reason }) => `Work may begin before the advance is in: ${reason}`,
  }),
  ...say('product', productEvents, {
    ProductDefined: ({ sku, name, price }) => `${sku} ${name} is sold for ${price.amount} ${price.currency}`,
    ProductDescribed: ({ name }) => `The product is now described as ${name}`,
    ProductMoved: () => 'The product is in another category',
    ProductPriceSet: ({ price, effectiveAt }) => `The price is ${price.amount} ${price.currency} from ${effectiveAt}`,
    ProductPriceBegan: ({ price }) => `The price is ${price.amount} ${price.currency} from now on`,
    ProductPriceWithdrawn: ({ effectiveAt }) => `The price planned from ${effectiveAt} was dropped`,
    ProductRetired: ({ reason }) => `The product is no longer sold: ${reason}`,
    ProductReinstated: () => 'The product is sold again',
  }),
  ...say('productCategory', productCategoryEvents, {
    ProductCategoryDefined: ({ name, skuPrefix }) => `Product category ${name} (${skuPrefix}) defined`,
    ProductCategoryRenamed: ({ name }) => `A product category is called ${name}`,
    ProductCategoryRetired: ({ reason }) => `A product category was retired: ${reason}`,
  }),
  ...say('workOrder', workOrderEvents, {
    WorkOrderOpened: ({ workOrderNumber, kind }) => `Work order ${workOrderNumber} opened (${reading(kind)})`,
    TechnicianAssigned: ({ isLead }) => (isLead ? 'A technician leads the work order' : 'A technician was assigned to the work order'),
    OrderLineAdded: ({ vmrsCode, total }) => `Work added${vmrsCode === undefined ? '' : ` (${vmrsCode})`}: the order costs ${total.amount} ${total.currency}`,
    OrderLineChanged: ({ total }) => `A line of work changed: the order costs ${total.amount} ${total.currency}`,
    OrderLineRemoved: ({ total }) => `A line of work was removed: the order costs ${total.amount} ${total.currency}`,
    ReworkMarked: () => 'The same repair as not long before: rework',
    CostApprovalRequested: ({ amount }) => `Approval of ${amount.amount} ${amount.currency} was asked for`,
    CostApproved: ({ amount }) => `${amount.amount} ${amount.currency} approved`,
    CostRejected: ({ amount, reason }) => `${amount.amount} ${amount.currency} not approved: ${reason}`,
    CostApprovalLapsed: ({ total }) => `The approval no longer counts: the order costs ${total.amount} ${total.currency}`,
    WorkOrderSigned: () => 'The work was signed for',
    WorkOrderStarted: () => 'Work began',
    WorkOrderPaused: ({ reason }) => `Work rests: ${reason}`,
    WorkOrderResumed: () => 'Work goes on',
    WorkOrderCompleted: ({ total }) => `Work completed for ${total.amount} ${total.currency}`,
    WorkOrderReopened: ({ reason }) => `The work order was reopened: ${reason}`,
    WorkOrderCancelled: ({ reason }) => `The work order was cancelled: ${reason}`,
    WorkOrderClosed: ({ total }) => `The costs of the work order are final: ${total.amount} ${total.currency}`,
  }),
  ...say('roadside', roadsideEvents, {
    RoadsideRequested: ({ description }) => `Help on the road was asked for: ${description}`,
    VendorDispatched: ({ vendorName, number }) => (number === 1 ? `${vendorName} was asked to go` : `${vendorName} was asked to go (attempt ${number})`),
    DispatchAccepted: ({ etaAt }) => (etaAt === undefined ? 'The vendor comes' : `The vendor comes, expected at ${etaAt}`),
    DispatchDeclined: ({ reason }) => `The vendor does not come: ${reason}`,
    DispatchTimedOut: () => 'The vendor did not answer in time',
    EtaRevised: ({ etaAt }) => `Now expected at ${etaAt}`,
    VendorReplaced: ({ reason }) => `The vendor was sent away: ${reason}`,
    VendorDeparted: () => 'The vendor is on its way',
    VendorArrived: () => 'The vendor has arrived',
    VendorUnable: ({ reason }) => `The vendor could not help: ${reason}`,
    RoadsidePartRecorded: ({ partName, quantity }) => `Used on the road: ${quantity} × ${partName}`,
    CommunicationLogged: ({ channel, direction }) => `A talk was written down (${reading(direction)} ${reading(channel)})`,
    RoadsideResolved: ({ outcome }) => `Roadside job over: ${reading(outcome)}`,
    RoadsideSettled: ({ total }) => `The roadside job cost ${total.amount} ${total.currency}`,
    RoadsideCancelled: ({ reason }) => `The roadside job was cancelled: ${reason}`,
  }),
  ...say('maintenance', maintenanceEvents, {
    MaintenanceDefined: ({ name, startsOn }) => `${name} is planned, counted from ${startsOn}`,
    MaintenanceChanged: ({ name }) => `The plan of ${name} was changed`,
    MaintenancePaused: ({ reason }) => `The maintenance rests: ${briefly(reason)}`,
    MaintenanceResumed: ({ outlook }) => `The maintenance goes on (${reading(outlook.status)})`,
    MaintenanceSnoozed: ({ until, reason }) => `Nobody is told of the maintenance until ${until}: ${briefly(reason)}`,
    MaintenanceUsageRecorded: ({ kind }) => `The maintenance looked at the ${reading(kind)} meter`,
    MaintenanceDueSoon: ({ dueOn }) => (dueOn === undefined ? 'Maintenance comes due soon' : `Maintenance comes due on ${dueOn}`),
    MaintenanceDue: ({ name, by }) => `${name} is due${by === 'date' ? '' : ' by its meter'}`,
    MaintenanceOverdue: ({ dueOn, by }) =>
      by === 'date' && dueOn !== undefined ? `Maintenance is overdue since ${dueOn}` : 'Maintenance is overdue by its meter',
    MaintenanceReassessed: ({ status }) => `The maintenance is ${reading(status)}`,
    MaintenancePerformed: ({ performedOn, cost }) => `Maintenance done on ${performedOn}${cost === undefined ? '' : ` for ${cost.amount} ${cost.currency}`}`,
    MaintenancePerformanceWithdrawn: ({ reason }) => `The maintenance was not done after all${reason === undefined ? '' : `: ${briefly(reason)}`}`,
    MaintenanceSkipped: ({ skippedOn, reason }) => `The maintenance due on ${skippedOn} or before is left out: ${briefly(reason)}`,
    MaintenanceLeftAccount: () => 'The unit came back: its maintenance is the company’s own',
    MaintenanceEnded: ({ reason }) => `Nothing comes due any more: ${briefly(reason)}`,
    MaintenanceRecordRemoved: ({ reason }) => `A maintenance record was taken off the books: ${briefly(reason)}`,
  }),
  ...say('inspection', inspectionEvents, {
    InspectionRecorded: ({ kind, level, inspectedOn, result }) => `Inspected on ${inspectedOn} (${reading(kind)}, level ${level}): ${result}`,
    InspectionViolationAdded: ({ violationCode, isOutOfService }) => `Violation of ${violationCode} found${isOutOfService ? ': out of service' : ''}`,
    InspectionViolationCorrected: ({ correctedOn, action }) => `A violation was repaired on ${correctedOn}: ${briefly(action)}`,
    InspectionCorrectionWithdrawn: ({ reason }) => `A violation was not repaired after all: ${briefly(reason)}`,
    InspectionPassed: ({ inspectedOn }) => `The annual inspection of ${inspectedOn} is in order`,
    InspectionPassWithdrawn: ({ inspectedOn }) => `The annual inspection of ${inspectedOn} is not in order after all`,
    InspectionCertified: ({ certifiedOn, isLate }) => `All repairs certified on ${certifiedOn}${isLate ? ', late' : ''}`,
    InspectionCertificationNear: ({ certifyBy }) => `The repairs must be certified by ${certifyBy}`,
    InspectionCertificationOverdue: ({ certifyBy }) => `The repairs should have been certified by ${certifyBy}`,
    InspectionClosed: () => 'The inspection is closed',
    InspectionWithdrawn: ({ reason }) => `The inspection was written down by mistake: ${briefly(reason)}`,
    InspectionRemoved: ({ reason }) => `The inspection was taken off the books: ${briefly(reason)}`,
  }),
  ...say('case', caseEvents, {
    SystemCaseReported: ({ subject }) => `Reported: ${subject}`,
    SystemCaseTriaged: ({ priority }) => `The case has ${priority} priority`,
    SystemCaseResolved: ({ resolution }) => `The case is dealt with: ${briefly(resolution)}`,
    SystemCaseReopened: ({ reason }) => `The case is taken up again: ${briefly(reason)}`,
  }),
  ...say('notificationGroup', notificationGroupEvents, {
    NotificationGroupDefined: ({ name }) => `Notification group ${name} defined`,
    NotificationGroupRenamed: ({ name }) => `The notification group is called ${name}`,
    NotificationGroupMemberAdded: () => 'A user joined the notification group',
    NotificationGroupMemberRemoved: () => 'A user left the notification group',
    NotificationGroupRetired: ({ reason }) => `The notification group is told nothing any more: ${briefly(reason)}`,
  }),
  ...say('user', userEvents, {
    UserInvited: () => 'A person was invited',
    UserApproved: () => 'The user was approved',
    UserSuspended: ({ reason }) => `The user was suspended: ${reason}`,
    UserPermissionGranted: ({ permission }) => `Permission ${permission} granted`,
    UserPermissionRevoked: ({ permission }) => `Permission ${permission} revoked`,
  }),
  ...say('role', roleEvents, {
    RoleDefined: ({ name }) => `Role ${name} defined`,
    RolePermissionGranted: ({ permission }) => `The role now gives ${permission}`,
    RolePermissionRevoked: ({ permission }) => `The role no longer gives ${permission}`,
  }),
};

/** Categories whose events are measurements or counters, not something a person would call an activity. */
export const quiet: ReadonlySet<string> = new Set(['telemetry', 'apiUsage', 'annualInspection', 'unitPromise']);
