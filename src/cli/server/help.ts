/** Help of the options that every command of a server has. The table of commands has it without what the commands load. */
export const SERVER_HELP: readonly string[] = [
  "--url URL      the server; else SPANFOLD_URL, else http://127.0.0.1:8787",
  "--token TOKEN  its token; else SPANFOLD_TOKEN",
];
