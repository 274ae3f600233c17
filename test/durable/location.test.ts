import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DirectoryObject } from "../../src/durable/directory/object.ts";
import { forgetLocations, stubAt } from "../../src/location.ts";
import { directoryOf, sessionAt } from "../../src/place.ts";
import { exportOf, someSpans, traceIdOf } from "./spans.ts";
import * as world from "./world.ts";

const TRACE = traceIdOf("trace");

beforeEach(async () => {
  await world.freshWorld();
  forgetLocations();
});
afterEach(() => {
  vi.restoreAllMocks();
  forgetLocations();
});

/** The options by which an object of a tenant is named now. */
function options(bindings: object = {}): unknown {
  const given: unknown[] = [];
  stubAt({ getByName: (_, option) => given.push(option) }, { ...env, ...bindings }, "default", "default/shard-0");
  return given[0];
}

async function exportFrom(cf: RequestInitCfProperties | undefined, span: number): Promise<void> {
  const request = new Request(`${world.ORIGIN}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", host: "localhost:8787" },
    body: exportOf(someSpans(TRACE, span, 1)),
    ...(cf === undefined ? {} : { cf }),
  });
  const response = await exports.default.fetch(request);
  expect([response.status, await response.text()]).toEqual([200, "{}"]);
}

test("the first export decides where the tenant's objects are made, and no later one", async () => {
  await world.request("/sessions");
  expect(options()).toBeUndefined();
  await exportFrom({ continent: "EU", longitude: "21.0" }, 1);
  expect(options()).toEqual({ locationHint: "eeur" });
  const asked = vi.spyOn(DirectoryObject.prototype, "locate");
  await exportFrom({ continent: "OC" }, 2);
  expect(asked).not.toHaveBeenCalled();
  // Another isolate asks the directory, once.
  forgetLocations();
  await exportFrom({ continent: "OC" }, 3);
  await exportFrom({ continent: "OC" }, 4);
  expect(asked).toHaveBeenCalledTimes(1);
  expect(options()).toEqual({ locationHint: "eeur" });
});

test("a setting goes before the place of the export, and one that came later changes nothing", async () => {
  expect(options({ LOCATION_HINT: "sam" })).toEqual({ locationHint: "sam" });
  expect(await directoryOf(env, "default").locate("sam")).toBe("sam");
  expect(await directoryOf(env, "default").locate("oc")).toBe("sam");
  await exportFrom({ continent: "OC" }, 1);
  expect(options({ LOCATION_HINT: "oc" })).toEqual({ locationHint: "sam" });
});

test("without a place nothing is hinted, and that is decided too: where the first objects are, the others are made", async () => {
  await exportFrom(undefined, 1);
  expect(options()).toBeUndefined();
  forgetLocations();
  await exportFrom({ continent: "OC" }, 2);
  expect(options()).toBeUndefined();
});

test("a wrong setting decides nothing, until it is mended", () => {
  vi.spyOn(console, "error").mockReturnValue();
  expect(options({ LOCATION_HINT: "europe" })).toBeUndefined();
  expect(options({ LOCATION_HINT: "weur" })).toEqual({ locationHint: "weur" });
});

test("an object learns the place from its caller", async () => {
  await sessionAt(env, { tenant: "default", location: "afr" }, TRACE).traces();
  expect(options()).toEqual({ locationHint: "afr" });
});
