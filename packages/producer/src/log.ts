/** Receives one line, without a line break. */
export type Log = (line: string) => void;

/** The program's console: a fork in trouble must be seen without any set-up. */
export const consoleLog: Log = (line) => console.warn(`@spanfold/producer: ${line}`);
