import { beforeEach, test } from "vitest";
import { everyStrike } from "./faults.ts";
import { installFaults, strikeExpiry } from "./expiry-scenario.ts";
import { freshWorld } from "./world.ts";

installFaults();
beforeEach(freshWorld);

test.each(["stays", "goes"] as const)(
  "with any fault at any step, old traces expire everywhere, and no others: the rest %s",
  async (rest) => {
    await strikeExpiry(rest, everyStrike);
  },
);
