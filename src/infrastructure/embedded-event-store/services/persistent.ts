/** The service `event_store.client.persistent_subscriptions.PersistentSubscriptions`. */

import { join, messageField, stringField } from '../../protocol/writer.ts';
import { groupFailed, invalidRequest } from '../grpc/failure.ts';
import { frame } from '../grpc/frames.ts';
import { type Method, type Methods, unary } from '../grpc/server.ts';
import type { Consumer } from '../persistent/consumer.ts';
import type { Group } from '../persistent/group.ts';
import type { Groups } from '../persistent/groups.ts';
import { keyText } from '../persistent/model.ts';
import type { Store } from '../read/context.ts';
import { configOf, consumerMessage, keyOf, listedStream, optionsOf, stopAtOf } from '../wire/persistent-requests.ts';
import { groupInfo } from '../wire/persistent-responses.ts';

const nothing = Buffer.alloc(0);

const consume =
  (groups: Groups): Method =>
  (call) => {
    let joined: { readonly group: Group; readonly consumer: Consumer } | undefined;
    const message = (bytes: Buffer): void => {
      const request = consumerMessage(bytes);
      if (request.kind === 'options') {
        if (joined !== undefined) throw invalidRequest('The options come once.');
        const group = groups.find(request.key);
        const consumer = group.attach(call, { slots: request.slots, structuredIds: request.structuredIds });
        joined = { group, consumer };
        call.write(frame(messageField(2, [stringField(1, keyText(request.key))])));
        group.start();
        return;
      }
      if (joined === undefined) throw invalidRequest('The options come first.');
      if (request.kind === 'ack') joined.group.acknowledge(joined.consumer, request.ids);
      else joined.group.refuse(joined.consumer, request);
    };
    return { message, end: () => call.finish() };
  };

const replay = (groups: Groups): Method =>
  unary(async (message) => {
    const options = optionsOf(message);
    const key = keyOf(options, { stream: 2, all: 3, group: 1 });
    const group = groups.find(key);
    const stopAt = stopAtOf(options);
    if (stopAt !== undefined && stopAt < 0n) throw groupFailed(key, 'Cannot stop replaying parked message at a negative version.');
    await group.replayParked(stopAt === undefined ? undefined : Number(stopAt));
    return nothing;
  });

const service = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';

export const persistentService = (store: Store, groups: Groups): Methods =>
  new Map<string, Method>([
    [`${service}/Create`, unary((message) => groups.create(configOf(message)).then(() => nothing))],
    [`${service}/Update`, unary((message) => groups.update(configOf(message)).then(() => nothing))],
    [`${service}/Delete`, unary((message) => groups.delete(keyOf(optionsOf(message), { stream: 1, all: 3, group: 2 })).then(() => nothing))],
    [`${service}/Read`, consume(groups)],
    [
      `${service}/GetInfo`,
      unary((message) => {
        const group = groups.find(keyOf(optionsOf(message), { stream: 1, all: 2, group: 3 }));
        return messageField(1, [groupInfo(store, group)]);
      }),
    ],
    [`${service}/ReplayParked`, replay(groups)],
    [
      `${service}/List`,
      unary((message) => {
        const stream = listedStream(optionsOf(message));
        const listed = stream === undefined ? groups.all() : groups.ofStream(stream);
        return join(listed.map((group) => messageField(1, [groupInfo(store, group)])));
      }),
    ],
    [
      `${service}/RestartSubsystem`,
      unary(() => {
        groups.restart();
        return nothing;
      }),
    ],
  ]);
