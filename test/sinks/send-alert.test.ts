import { expect, test } from "vitest";
import type { Bindings } from "../../src/config.ts";
import type { AlertDelivery, StoredAlert } from "../../src/session/contract/alerts.ts";
import { boundTo, sendAlerts } from "../../src/sinks/alerts/send-alert.ts";
import { keysIn, seal } from "../../src/sinks/cipher.ts";

const UPSTREAM_KEY = "a key of the tests' own";
const CALLER = { tenant: "default" };

async function alertTo(name: string): Promise<StoredAlert> {
  const [key] = keysIn(UPSTREAM_KEY);
  if (key === undefined) throw new Error("no key");
  const target = { kind: "webhook", format: "slack", host: `${name}.example.com`, isSigned: false } as const;
  return {
    name,
    rule: { on: ["waiting"], question: "omitted", coolDown: 0 },
    target,
    sealed: await seal(key, { url: `https://${target.host}/hook` }, boundTo(CALLER.tenant, name)),
    page: "https://spanfold.example.com",
    since: 0,
  };
}

const deliveryOf = (n: number): AlertDelivery => ({
  id: `msg_${n}`,
  alert: { event: "waiting", session: `trip-${n}`, title: "A trip", status: "waiting", at: 0, since: 0 },
  failures: { attempts: 0, failingSince: 0 },
});

test("all alerts of one call are sent at once, and none counts as failing because of the others", async () => {
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  const deliveries = Array.from({ length: 20 }, (_, n) => deliveryOf(n));
  let requests = 0;
  const transport = async () => {
    // The receiver answers none before it has them all.
    if (++requests === deliveries.length) resolve();
    await answered;
    return { status: 200, headers: new Headers(), body: new Uint8Array() };
  };
  const env = { UPSTREAM_KEY } as Bindings;
  const outcomes = await sendAlerts(env, CALLER, await alertTo("busy"), deliveries, transport);
  expect(outcomes.map(({ attempt, next }) => attempt?.outcome ?? next)).toEqual(deliveries.map(() => "accepted"));
});
