import { describe, expect, test } from "vitest";
import { extentOf, fixtureNames, readCaptures, readPortrait } from "../producers/fixtures.ts";
import { portraitOf } from "../producers/portrait.ts";

// A portrait that changed on purpose is written anew by `node test/producers/portraits.ts`: read its difference as a person would.
describe("what is shown of the exports of real producers", () => {
  test.each(fixtureNames())("%s", (name) => {
    expect(portraitOf(readCaptures(name), extentOf(name))).toBe(readPortrait(name));
  });
});
