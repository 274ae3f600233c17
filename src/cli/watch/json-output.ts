import type { Output } from "./output.ts";

/** The stream's events, one a line: `type`, `id` where a reader can resume, and the event's fields. */
export const jsonOutput = (): Output => ({
  events(events) {
    const lines = events.map(({ event: { type, ...fields }, id }) =>
      JSON.stringify({ type, ...(id === undefined ? {} : { id }), ...fields }),
    );
    process.stdout.write(`${lines.join("\n")}\n`);
  },
});
