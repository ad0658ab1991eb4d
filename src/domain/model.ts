/** The one list of aggregates. Routes, validation, permissions, documents, projections of "every aggregate" iterate it. */
import { agreement } from './agreement/decider.ts';
import { allocation } from './allocation/decider.ts';
import { assignment } from './assignment/decider.ts';
import { catalog } from './catalog/decider.ts';
import { customer } from './customer/decider.ts';
import { type AnyAggregate, erase } from './kernel/aggregate.ts';

export const model: readonly AnyAggregate[] = [erase(customer), erase(agreement), erase(allocation), erase(assignment), erase(catalog)];
