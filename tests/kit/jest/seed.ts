/** Before every test file: the seed of the run, also where a file draws from fast-check directly. */
import '../seed.ts';
