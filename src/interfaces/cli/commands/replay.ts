/** `replay`: what happened to one aggregate, and what that makes of it. */
import { Command } from 'commander';
import { erasingBy } from '../../../../projections/event-index/personal.ts';
import type { StoredEvent } from '../../../application/ports/event-log.ts';
import { streamOf } from '../../../application/states.ts';
import type { AnyAggregate } from '../../../domain/kernel/aggregate.ts';
import { isUuid } from '../../../domain/kernel/ids.ts';
import { model } from '../../../domain/model.ts';
import { parts } from '../../composition/tokens.ts';
import { type Moment, type StateAt, stateAt } from '../../http/events/history.ts';
import { kebabCase } from '../../http/names.ts';
import { type Cli, CliFailure, exits, shownJson, writeLine } from '../context.ts';
import { withInstallation } from '../installation.ts';
import { instantFrom } from '../moment.ts';

type Options = { readonly asOf?: string; readonly personal?: true; readonly json?: true };

const aggregateOf = (name: string): AnyAggregate => {
  const found = model.find(({ category }) => category === name || kebabCase(category) === name);
  if (found === undefined)
    throw new CliFailure(`There is no aggregate ${name}; there are ${model.map(({ category }) => kebabCase(category)).join(', ')}.`, exits.usage);
  return found;
};

const momentFrom = (text: string | undefined): Moment => {
  if (text === undefined) return { revision: Number.MAX_SAFE_INTEGER };
  return /^\d{1,9}$/.test(text) ? { revision: Number(text) } : { at: instantFrom(text) };
};

const erasing = erasingBy(model);

const line = ({ revision, type, data, metadata, position }: StoredEvent): string =>
  `${String(revision).padStart(5)}  ${metadata.occurredAt}  ${type}  by ${metadata.actor.kind} ${metadata.actor.id}, position ${position}\n       ${JSON.stringify(data)}`;

const shown = (events: readonly StoredEvent[], { state, exists }: StateAt): string =>
  [...events.map(line), '', exists ? 'state' : 'state (it does not exist)', shownJson(state)].join('\n');

/** Up to the moment, inclusive; the first event past it ends it, as everywhere else. */
const upTo = (events: readonly StoredEvent[], { revision }: StateAt): readonly StoredEvent[] => events.filter((event) => event.revision <= revision);

const replay = async (cli: Cli, { name, id, options }: { readonly name: string; readonly id: string; readonly options: Options }): Promise<void> => {
  const aggregate = aggregateOf(name);
  const moment = momentFrom(options.asOf);
  if (!isUuid(id)) throw new CliFailure('An id is a UUID in lower case.', exits.usage);
  await withInstallation(cli, async ({ part }) => {
    const stored = await (await part(parts.log)).read(streamOf(aggregate.category, id));
    if (stored.length === 0) throw new CliFailure(`There is no ${aggregate.category} ${id}.`);
    // People's data are shown only to whoever says that they want to see them.
    if (options.personal !== true) cli.progress.say('Personal fields are erased here; --personal shows them.');
    const events = options.personal === true ? stored : stored.map((event) => ({ ...event, data: erasing(event) }));
    const state = stateAt(aggregate, events, moment);
    const past = upTo(events, state);
    await writeLine(cli, options.json === true ? shownJson({ aggregate: aggregate.category, id, events: past, ...state }) : shown(past, state));
  });
};

export const replayCommand = (cli: Cli): Command =>
  new Command('replay')
    .description('the events of one aggregate and the state they fold to')
    .argument('<aggregate>', 'its name, such as equipment or user-settings')
    .argument('<id>', 'its id')
    .option('--as-of <moment>', 'up to a revision or an instant, inclusive')
    .option('--personal', 'with personal fields in clear')
    .option('--json', 'as JSON')
    .action((name: string, id: string, options: Options) => replay(cli, { name, id, options }));
