/** The seed of this run: fast-check's properties use it, the runner prints it. */
import fc from 'fast-check';

export const seed = Number(process.env.TEST_SEED ?? 20260101);
fc.configureGlobal({ seed });

export { fc };
