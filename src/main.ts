/** Starts the roles that ROLE names, says where things are, and stops them gracefully. */
import { enableCompileCache } from 'node:module';

// Stripping types and compiling is most of a start; Node keeps what it made of each file. Imports below are dynamic so that they profit.
enableCompileCache();
const { readConfiguration } = await import('./infrastructure/configuration.ts');
const outcome = readConfiguration(process.env);
if (outcome.ok) {
  const { runProgram } = await import('./interfaces/composition/program.ts');
  process.exitCode = await runProgram(outcome.configuration);
} else {
  for (const error of outcome.errors) process.stderr.write(`${error}\n`);
  process.exitCode = 78;
}
