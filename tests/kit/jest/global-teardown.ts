/** Jest's globalTeardown, in the same process as its globalSetup and after every worker has ended. */
import { stopRun } from './global-setup.ts';

export default stopRun;
