import { tableQuery } from '../kernel/query.ts';
import {
  agreementAmendmentTable,
  assignmentRequestTable,
  lineItemRateTable,
  masterAgreementHasAttachmentTable,
  masterAgreementTable,
  scheduleAgreementHasAttachmentTable,
  scheduleAgreementLineItemTable,
  scheduleAgreementTable,
} from './tables.ts';

export const agreementQueries = [
  masterAgreementTable,
  agreementAmendmentTable,
  scheduleAgreementTable,
  scheduleAgreementLineItemTable,
  lineItemRateTable,
  masterAgreementHasAttachmentTable,
  scheduleAgreementHasAttachmentTable,
  assignmentRequestTable,
].map((table) => tableQuery('agreements', table));
