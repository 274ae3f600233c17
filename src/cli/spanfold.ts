#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import { dispatch } from "./dispatch.ts";

// A reader such as `head` has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
// What was said beside it then has no reader.
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// No `process.exit`: a command may go on after its answer, such as `start`, and output may still be on its way to a pipe.
process.exitCode = await dispatch(COMMANDS, process.argv.slice(2), process.env);
