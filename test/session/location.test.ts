import { expect, test } from "vitest";
import { LOCATION_HINTS, locationOf, readLocation } from "../../src/session/contract/location.ts";
import type { Origin } from "../../src/session/contract/location.ts";
import { readSettings } from "../../src/session/contract/settings.ts";

test("LOCATION_HINT is one of Cloudflare's hints; anything else is refused by its name", () => {
  for (const hint of LOCATION_HINTS)
    expect(readLocation({ LOCATION_HINT: ` ${hint} ` })).toEqual({ ok: true, location: hint });
  for (const unset of [undefined, "", " "])
    expect(readSettings({ LOCATION_HINT: unset }).settings).not.toHaveProperty("location");
  const { settings, faults } = readSettings({ LOCATION_HINT: "europe" });
  expect(settings.location).toBe("wrong");
  expect(faults).toEqual([
    'LOCATION_HINT is "europe": it must be one of wnam, enam, sam, weur, eeur, apac, apac-ne, apac-se, oc, afr, me',
  ]);
});

test.each([
  ["Seattle", { continent: "NA", longitude: "-122.33" }, "wnam"],
  ["New York", { continent: "NA", longitude: "-74.00" }, "enam"],
  ["North America, without a longitude", { continent: "NA" }, "enam"],
  ["São Paulo", { continent: "SA", longitude: "-46.63" }, "sam"],
  ["London", { continent: "EU", longitude: "-0.13" }, "weur"],
  ["Warsaw", { continent: "EU", longitude: "21.01" }, "eeur"],
  ["Europe, without a longitude", { continent: "EU" }, "weur"],
  ["Dubai", { continent: "AS", longitude: "55.27" }, "me"],
  ["Tokyo", { continent: "AS", longitude: "139.69" }, "apac"],
  ["Sydney", { continent: "OC", longitude: "151.21" }, "oc"],
  ["Lagos", { continent: "AF", longitude: "3.38" }, "afr"],
  ["the South Pole", { continent: "AN" }, undefined],
  ["Tor", { country: "T1" }, undefined],
  ["another runtime", undefined, undefined],
])("an export from %s makes objects near it", (_, origin, hint) => {
  expect(locationOf(origin as Origin | undefined)).toBe(hint);
});
