import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { SessionObject } from "../../src/durable/session/object.ts";
import { settingsOf } from "../../src/config.ts";
import { DEFAULT_RETENTION } from "../../src/session/contract/retention.ts";
import { LIST_PRICES, readPrices } from "../../src/session/prices/prices.ts";
import { wholeView } from "../session/whole-view.ts";
import { deliveryOf } from "./deliveries.ts";
import { aSpan, traceIdOf } from "./spans.ts";
import { caller, callerOf, objectOf } from "./world.ts";

const PRICES = '{"house-1": {"input": 3, "output": 5}}';
const CALL = aSpan(
  traceIdOf("priced"),
  1,
  {},
  {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "house-1",
    "gen_ai.usage.input_tokens": 1_000_000,
    "gen_ai.usage.output_tokens": 0,
  },
);

test("a deployment's own prices cost its sessions, and its viewers compute the same", async () => {
  const page = await runInDurableObject(objectOf(CALL.traceId), async (_, ctx) => {
    const object = new SessionObject(ctx, { ...env, PRICES });
    await object.append(caller(), [deliveryOf([CALL])]);
    return object.read(callerOf(CALL.traceId), "session", undefined, 1_000);
  });
  if ("outcome" in page) throw new Error(page.outcome);
  if (page.state !== "present" || page.summary === undefined) throw new Error(page.state);
  expect(page.summary).toMatchObject({ cost: 3, estimated: 3 });

  const view = wholeView();
  const receipt = page.entries[0]?.kind === "spans" ? page.entries[0].receipt : undefined;
  if (receipt === undefined) throw new Error("nothing was read");
  const received = page.summary.liveness.lastArrival;
  view.apply({ type: "spans", received, receipt, resourceSpans: [{ scopeSpans: [{ spans: [CALL] }] }] });
  expect(view.summary()).not.toHaveProperty("unpriced");
  view.usePrices(readPrices);
  expect(view.summary()).toMatchObject({ unpriced: ["house-1"] });
  view.apply({ type: "session", summary: page.summary, ...(page.prices === undefined ? {} : { prices: page.prices }) });
  expect(view.summary()).toMatchObject({ cost: 3, estimated: 3 });
  expect(view.queries()).toMatchObject([{ cost: 3 }]);
});

// spec: RET-3
test("a wrong setting is logged, and the list prices apply", () => {
  const logged = vi.spyOn(console, "error").mockReturnValue();
  expect(settingsOf({ ...env, PRICES: "{" }, "default")).toEqual({ prices: LIST_PRICES, retention: DEFAULT_RETENTION });
  expect(logged.mock.calls).toEqual([
    ['{"event":"setting-invalid","level":"error","error":"PRICES must be a JSON object of models"}'],
  ]);
  expect(settingsOf(env, "default")).toEqual({ prices: LIST_PRICES, retention: DEFAULT_RETENTION });
});
