#!/usr/bin/env node
import { COMMANDS } from "./commands.ts";
import { dispatch } from "./dispatch.ts";

// No `process.exit`: a command may go on after its answer, such as `start`, and output may still be on its way to a pipe.
process.exitCode = await dispatch(COMMANDS, process.argv.slice(2), process.env);
