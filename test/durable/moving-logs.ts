import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { Faults } from "./faults.ts";
import * as world from "./world.ts";

/** For a file of tests: all logs are neighbours in one shard, and move at four spans, a call for each chunk. `use` gets the faults. */
export function moveLogsEarly(use: (installed: Faults) => void): void {
  let faults: Faults;
  beforeAll(async () => {
    world.divide(1);
    faults = await Faults.install();
    use(faults);
  });
  afterAll(() => {
    faults.remove();
    world.divide();
    world.moveLogs();
  });
  beforeEach(async () => {
    await world.freshWorld();
    world.moveLogs({ items: 4, pageBytes: 1 });
    vi.spyOn(console, "error").mockReturnValue();
  });
  afterEach(() => {
    faults.end();
    vi.restoreAllMocks();
  });
}

/** Calls that take as long as a test says, in place of the time that they take: what waits for longer gives up. */
export class SlowCalls {
  #passed = 0;
  #waiting: { readonly until: number; readonly resolve: () => void }[] = [];

  constructor() {
    vi.spyOn(scheduler, "wait").mockImplementation(
      async (millis) =>
        await new Promise((resolve) => this.#waiting.push({ until: this.#passed + millis, resolve: () => resolve() })),
    );
  }

  async pass(millis: number): Promise<void> {
    this.#passed += millis;
    for (const { until, resolve } of this.#waiting) if (until <= this.#passed) resolve();
    await Promise.resolve();
  }
}

/** The names of the spans that a session shows. */
export async function namesIn(id: string): Promise<(string | undefined)[]> {
  const session = await world.readSession(id);
  return world.spansOf(session?.resourceSpans ?? []).map(({ span }) => span.name);
}
