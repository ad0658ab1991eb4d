/** What the data folder remembers of the demonstration. Light: a start that finds it loaded imports no more of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The file of a load that has begun: one that goes on later tells of the same days. */
export const beginningIn = (dataFolder: string): string => join(dataFolder, 'demonstration-begun.json');
/** The file of one that was told to the end. */
export const rememberedIn = (dataFolder: string): string => join(dataFolder, 'demonstration.json');
export const isDemoLoaded = (dataFolder: string): boolean => existsSync(rememberedIn(dataFolder));

type Wanting = { readonly roles: readonly string[]; readonly demo: boolean; readonly dataFolder: string };
/** Whether a start loads the demonstration: its time is not that of whoever uses the system, and what it has begun may not fall due meanwhile. */
export const wantsDemo = ({ roles, demo, dataFolder }: Wanting): boolean => demo && roles.includes('processor') && !isDemoLoaded(dataFolder);
