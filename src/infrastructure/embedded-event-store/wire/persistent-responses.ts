/** `SubscriptionInfo`: settings as they were given, and how the group is doing. */

import { booleanField, countField, join, messageField, type Part, textField } from '../../protocol/writer.ts';
import type { Consumer } from '../persistent/consumer.ts';
import type { Group, GroupProgress } from '../persistent/group.ts';
import { placeText } from '../persistent/model.ts';
import { parkedCount } from '../persistent/system-streams.ts';
import type { Store } from '../read/context.ts';

const connection = (consumer: Consumer, context: { readonly nowMs: number; readonly hasStatistics: boolean }): Part => {
  const { throughput } = consumer;
  const measurements = context.hasStatistics ? consumer.latencies.measurements() : [];
  return messageField(4, [
    textField(1, consumer.address),
    textField(2, consumer.user),
    countField(3, throughput.averagePerSecond(context.nowMs)),
    countField(4, throughput.total),
    countField(5, throughput.sinceLastMeasurement()),
    ...measurements.map(({ key, value }) => messageField(6, [textField(1, key), countField(2, value)])),
    countField(7, consumer.availableSlots),
    countField(8, consumer.inFlight),
    textField(9, consumer.connectionName),
  ]);
};

const statusOf = ({ isLive, isReplaying }: GroupProgress): string =>
  [isLive ? 'Live' : 'Behind', ...(isReplaying ? ['ReplayingParkedMessages'] : [])].join(', ');

export const groupInfo = (store: Store, group: Group): Part => {
  const { key, settings, start } = group.config;
  const progress = group.progress();
  const nowMs = Date.now();
  const place = (at: number | undefined): string => (at === undefined ? '' : placeText(key, at));
  return join([
    textField(1, key.stream),
    textField(2, key.group),
    textField(3, statusOf(progress)),
    ...[...group.consumers].map((consumer) => connection(consumer, { nowMs, hasStatistics: settings.extraStatistics })),
    countField(5, group.throughput.averagePerSecond(nowMs)),
    countField(6, group.throughput.total),
    countField(7, group.throughput.sinceLastMeasurement()),
    textField(8, place(progress.lastCheckpoint)),
    textField(9, place(progress.lastKnown)),
    booleanField(10, settings.resolveLinks),
    textField(11, placeText(key, start)),
    countField(12, settings.messageTimeoutMs),
    booleanField(13, settings.extraStatistics),
    countField(14, settings.maxRetryCount),
    countField(15, settings.liveBufferSize),
    countField(16, settings.historyBufferSize),
    countField(17, settings.readBatchSize),
    countField(18, settings.checkpointAfterMs),
    countField(19, settings.minCheckpointCount),
    countField(20, settings.maxCheckpointCount),
    countField(21, progress.isLive ? 0 : progress.bufferCount),
    countField(22, progress.isLive ? progress.bufferCount : 0),
    countField(23, progress.retryCount),
    countField(24, progress.inFlightCount),
    countField(25, progress.inFlightCount),
    textField(26, settings.strategy),
    countField(27, settings.maxSubscriberCount),
    countField(28, parkedCount(store, key)),
  ]);
};
