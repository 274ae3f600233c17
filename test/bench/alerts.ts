import { setTimeout as sleep } from "node:timers/promises";
import { billOf, difference, dollars, inWords, liveSession } from "./bill.ts";
import type { Figure, Section } from "./figure.ts";
import { openReceiver } from "./receiver.ts";
import type { Receiver } from "./receiver.ts";
import type { Bench } from "./workerd.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const VARIABLES = { PRIVATE_UPSTREAMS: "allowed", TELEMETRY_ENABLED: "false", UPSTREAM_KEY: "a secret of the bench" };
/** The list and the alerts get reports every other second: the last one is part of the bill. */
const LAST_NEWS_MILLIS = 5_000;

/** What a rule needs: nothing, what changes alone, and also the time, for which alarms are set. */
const RULES: readonly { readonly name: string; readonly rule?: object }[] = [
  { name: "no rule" },
  { name: "a rule for waiting", rule: { on: ["waiting"] } },
  {
    name: "a rule for every state, a cost and a duration",
    rule: { on: ["waiting", "stalled", "failed", "finished"], cost: 1_000, duration: 86_400 },
  },
];

/** What an hour of one live session costs with a rule, and which alarms it sets. */
export async function benchAlerts(bench: Bench, quick: boolean): Promise<Section> {
  const receiver = await openReceiver();
  const figures: Figure[] = [];
  try {
    for (const { name, rule } of RULES) figures.push(await hourWith(bench, quick ? 10 : 60, receiver, name, rule));
  } finally {
    receiver.close();
  }
  return { bench: "alerts", title: "an hour of one live session, two batches a second, by rule", figures };
}

async function hourWith(
  bench: Bench,
  seconds: number,
  receiver: Receiver,
  name: string,
  rule: object | undefined,
): Promise<Figure> {
  const runtime = await bench.start("alerts", { counting: true, variables: VARIABLES, outbound: "this machine" });
  try {
    if (rule !== undefined) {
      const body = JSON.stringify({ ...rule, url: receiver.url, secret: SECRET });
      const response = await fetch(`http://127.0.0.1:${runtime.port}/admin/alerts/rule`, { method: "PUT", body });
      if (!response.ok) throw new Error(`the program answered ${response.status}: ${await response.text()}`);
    }
    const before = await billOf(runtime);
    await liveSession(runtime, seconds);
    await sleep(LAST_NEWS_MILLIS);
    const made = difference(await billOf(runtime), before);
    const ofAlerts = Object.entries(made.calls).flatMap(([call, count]) =>
      call.startsWith("alerts.") ? [`${call.slice("alerts.".length)} ${count}`] : [],
    );
    // Figures of a rule that nothing looked at would be none.
    if ((rule === undefined) !== (ofAlerts.length === 0)) throw new Error(`calls of alerts: ${ofAlerts.join(", ")}`);
    return {
      name,
      value: dollars(made) * (3_600 / seconds),
      unit: "$",
      detail: `${inWords(made)} in ${seconds} s; ${made.alarmsSet} alarms set; calls of the alerts' object: ${ofAlerts.join(", ") || "none"}`,
    };
  } finally {
    await runtime.stop();
    await bench.forget("alerts");
  }
}
