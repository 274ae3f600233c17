import type { Answer } from "./connection.ts";
import { Connection } from "./connection.ts";

export const CONNECTIONS = 16;

export type Load = {
  readonly port: number;
  /** This machine, if absent. */
  readonly hostname?: string;
  readonly connections?: number;
  /** Ends after so long, or after so many requests. */
  readonly until: { readonly millis: number } | { readonly requests: number };
  /** The next request of a connection: its bytes stay as they are until the answer has come. */
  readonly next: (connection: number) => Buffer;
  /** Throws for an answer that is no success. */
  readonly expect?: (answer: Answer) => void;
};

export type Measured = { readonly requests: number; readonly seconds: number };

/** Keeps every connection busy. Any answer but 200 ends the bench: a figure about refusals is no figure. */
export async function drive({
  port,
  hostname,
  connections = CONNECTIONS,
  until,
  next,
  expect = expectOk,
}: Load): Promise<Measured> {
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port, hostname)));
  let sent = 0;
  let answered = 0;
  const begun = performance.now();
  const isOver = () => ("millis" in until ? performance.now() - begun >= until.millis : sent >= until.requests);
  try {
    await Promise.all(
      open.map(async (connection, index) => {
        while (!isOver()) {
          sent += 1;
          expect(await connection.send(next(index)));
          answered += 1;
        }
      }),
    );
    return { requests: answered, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    for (const connection of open) connection.close();
  }
}

export function expectOk({ status, text }: Answer): void {
  if (status !== 200) throw new Error(`the program answered ${status}: ${text.slice(0, 500)}`);
  if (text.includes("rejectedSpans")) throw new Error(`the program rejected spans: ${text.slice(0, 500)}`);
}
