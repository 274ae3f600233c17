/** Sessions that change now, and an alerts' object that does what is due. */
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Span } from "../../src/otel/span.ts";
import { aSpan, traceIdOf } from "./spans.ts";
import type { Attributes } from "./spans.ts";
import * as world from "./world.ts";

export const SECOND = 1_000;

export function alerts() {
  return env.ALERTS.getByName("default/alerts");
}

/** A span of a session that ended now. */
export function now(session: string, n: number, given: Partial<Span> = {}, attributes: Attributes = {}): Span {
  const time = (millis: number): string => `${millis}000000`;
  const times = { startTimeUnixNano: time(Date.now() - SECOND), endTimeUnixNano: time(Date.now()) };
  return aSpan(traceIdOf(session), n, { ...times, ...given }, { "session.id": session, ...attributes });
}

export const running = (session: string, n: number): Span => now(session, n, { endTimeUnixNano: "0" });

export const asking = (session: string, n: number, question = "Which harbour?"): Span =>
  now(session, n, {}, { "a2a.task.state": "input-required", "output.value": question });

/** Delivers spans of these sessions, and lets them report. */
export async function deliver(...spans: Span[]): Promise<void> {
  const sessions = new Set(spans.map(({ attributes = [] }) => attributes[0]?.value?.stringValue ?? ""));
  await world.deliver(spans);
  for (const session of sessions) {
    const traceId = traceIdOf(session);
    for (const id of [traceId, session, traceId, session]) if (await world.isArmed(id)) await world.fireAlarm(id);
    await world.until(async () => (await world.listed("all")).some(({ id }) => id === session));
  }
  await reported(sessions);
  await settle();
}

/** Waits until the list has what the sessions say. */
export async function reported(sessions: ReadonlySet<string>): Promise<void> {
  await world.until(async () => {
    const listed = await world.listed("all");
    for (const id of sessions) {
      const own = await world.readSession(id);
      const known = listed.find((one) => one.id === id);
      if (own?.session.spans !== known?.spans || own?.session.liveness.lastArrival !== known?.liveness.lastArrival) {
        world.pass(2_000);
        for (const log of [traceIdOf(id), id]) if (await world.isArmed(log)) await world.fireAlarm(log);
        return false;
      }
    }
    return true;
  });
}

/** Fires the alarm of the alerts as long as one is due, and lets what it sends arrive. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const alarm = await runInDurableObject(alerts(), (_, { storage }) => storage.getAlarm());
    if (alarm === null || alarm > Date.now()) return;
    await runDurableObjectAlarm(alerts());
    await world.until(async () => (await due()) === 0);
  }
  throw new Error("never at rest");
}

async function due(): Promise<number> {
  return await runInDurableObject(alerts(), (_, { storage }) =>
    Number(storage.sql.exec("SELECT count(*) AS count FROM delivery WHERE due <= ?", Date.now()).one()["count"]),
  );
}

/** Lets time pass, and what is due happen. */
export async function pass(millis: number): Promise<void> {
  world.pass(millis);
  await settle();
}
