/** The one list of aggregates. Routes, validation, permissions, documents, projections of "every aggregate" iterate it. */
import { account } from './account/decider.ts';
import { administrators } from './administrators/decider.ts';
import { agreement } from './agreement/decider.ts';
import { allocation } from './allocation/decider.ts';
import { annualInspection } from './annual-inspection/decider.ts';
import { apiClient } from './api-client/decider.ts';
import { apiUsage } from './api-usage/decider.ts';
import { assignment } from './assignment/decider.ts';
import { attachment } from './attachment/decider.ts';
import { catalog } from './catalog/decider.ts';
import { customer } from './customer/decider.ts';
import { equipment } from './equipment/decider.ts';
import { equipmentAddon } from './equipment-addon/decider.ts';
import { geofence } from './geofence/decider.ts';
import { inspection } from './inspection/decider.ts';
import { interaction } from './interaction/decider.ts';
import { iotDevice } from './iot-device/decider.ts';
import { type AnyAggregate, erase } from './kernel/aggregate.ts';
import { maintenance } from './maintenance/decider.ts';
import { meter } from './meter/decider.ts';
import { notificationGroup } from './notification-group/decider.ts';
import { product } from './product/decider.ts';
import { productCategory } from './product-category/decider.ts';
import { quotation } from './quotation/decider.ts';
import { repairHistory } from './repair-history/decider.ts';
import { roadside } from './roadside/decider.ts';
import { role } from './role/decider.ts';
import { serviceRequest } from './service-request/decider.ts';
import { session } from './session/decider.ts';
import { subject } from './subject/decider.ts';
import { incident, supportCase } from './support-case/decider.ts';
import { unitPromise } from './unit-promise/decider.ts';
import { user } from './user/decider.ts';
import { userSettings } from './user-settings/decider.ts';
import { workOrder } from './work-order/decider.ts';

export const model: readonly AnyAggregate[] = [
  erase(customer),
  erase(account),
  erase(interaction),
  erase(equipment),
  erase(meter),
  erase(equipmentAddon),
  erase(iotDevice),
  erase(agreement),
  erase(allocation),
  erase(assignment),
  erase(workOrder),
  erase(roadside),
  erase(repairHistory),
  erase(geofence),
  erase(serviceRequest),
  erase(unitPromise),
  erase(quotation),
  erase(productCategory),
  erase(product),
  erase(maintenance),
  erase(inspection),
  erase(annualInspection),
  erase(supportCase),
  erase(incident),
  erase(notificationGroup),
  erase(catalog),
  erase(attachment),
  erase(user),
  erase(role),
  erase(administrators),
  erase(userSettings),
  erase(session),
  erase(apiClient),
  erase(apiUsage),
  erase(subject),
];
