import { beforeEach, test } from "vitest";
import { everyStrike } from "./faults.ts";
import { installFaults, strikeExpiry } from "./expiry-scenario.ts";
import { freshWorld } from "./world.ts";

installFaults();
beforeEach(freshWorld);

test.each(["stays", "goes"] as const)(
  "whichever fault strikes whichever step, what is old is gone everywhere, and only that: the rest %s",
  async (rest) => {
    await strikeExpiry(rest, everyStrike);
  },
);
