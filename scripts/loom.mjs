// The command: npm run -s loom -- COMMAND. Builds itself from the sources when they have changed.
import { buildLoom } from './build-loom.mjs';

// npm goes to the project's folder; paths are meant from where the user stands.
const { npm_lifecycle_event: script, INIT_CWD: userFolder } = process.env;
if (script === 'loom' && userFolder) process.env.LOOM_CWD = userFolder;

// `loom … | head` closes the pipe early; that is no failure.
process.stdout.on('error', () => process.exit(0));

let command;
try {
  command = await import(await buildLoom());
} catch (error) {
  process.stderr.write(`The command could not be built: ${error instanceof Error ? error.message : error}\n`);
  process.exit(2);
}
const status = await command.main(process.argv.slice(2));
// Written out before the end: a pipe takes its time.
process.exitCode = status;
process.stdout.write('', () => process.exit(status));
