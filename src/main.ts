/** Starts the roles that ROLE names, says where things are, and stops them gracefully. */
import { readConfiguration } from './infrastructure/configuration.ts';
import { runProgram } from './interfaces/composition/program.ts';

const outcome = readConfiguration(process.env);
if (outcome.ok) process.exitCode = await runProgram(outcome.configuration);
else {
  for (const error of outcome.errors) process.stderr.write(`${error}\n`);
  process.exitCode = 78;
}
