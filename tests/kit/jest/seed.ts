/** Every property of a run uses one printed seed, so that a failure can be run again with `TEST_SEED=<seed>`. */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['TEST_SEED'] ?? 20260101) });
