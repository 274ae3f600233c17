import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { SessionStreamEvent } from "../../src/session/contract/stream-events.ts";
import type { Captured } from "../producers/capture.ts";
import { fixtureNames, readCaptures } from "../producers/fixtures.ts";
import { eventsOfSessions } from "../producers/portrait.ts";
import { type CapturedSession, PRESENT } from "./page/captured-session.ts";

/**
 * Every session of the gallery: exports that programs sent, in the form of the stream. Their times are moved, so that the gallery has a
 * present in which some of them run.
 */
export function capturedSessions(): readonly CapturedSession[] {
  const producers = fixtureNames().flatMap((name, at) => named(name, readCaptures(name), (at + 2) * 4_000));
  return [...demo(), ...fromRequests(), ...producers];
}

/** Seconds between the end of a session and the present. */
type Ago = number;

/** The largest of the sessions that the exports of one program make: some also trace their insides. */
function named(name: string, exports: readonly Captured[], ago: Ago): readonly CapturedSession[] {
  const [largest] = [...eventsOfSessions(exports).values()].toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return largest === undefined ? [] : [moved(name, largest, ago)];
}

const sizeOf = (events: readonly SessionStreamEvent[]): number => JSON.stringify(events).length;

/** The sessions that the demo plays, whole, and one of them as it was half-way. */
function demo(): readonly CapturedSession[] {
  const lines = gunzipSync(readFileSync(new URL("../fixtures/demo/three-stories.lines.gz", import.meta.url)));
  const exports = lines
    .toString()
    .split("\n")
    .map((line): Captured => {
      const [signal, encoding, body = ""] = line.split(" ");
      return {
        signal: signal === "logs" ? "logs" : "traces",
        encoding: encoding === "json" ? "json" : "protobuf",
        body: Buffer.from(body, "base64"),
      };
    });
  const nameOf = (session: string): string => session.replace(/-[0-9a-f]{6}$/, "");
  const whole = [...eventsOfSessions(exports)].map(([session, events], at) =>
    moved(nameOf(session), events, [40, 600, 1500][at] ?? 3_000),
  );
  const begun = eventsOfSessions(exports.slice(0, Math.floor(exports.length * 0.55)));
  return [
    ...whole,
    ...[...begun].slice(0, 2).map(([session, events]) => moved(`${nameOf(session)}-running`, events, 2)),
  ];
}

/** Sessions that wait, stall or lack spans: the first requests of a fixture, each as one export. */
function fromRequests(): readonly CapturedSession[] {
  const states: readonly (readonly [id: string, file: string, requests: number, ago: Ago])[] = [
    ["waiting-mcp", "asking/mcp-elicitation", 1, 45],
    ["waiting-ark", "asking/ark-approval", 1, 130],
    ["stalled", "dialects/otlp-without-end", 2, 400],
    ["idle", "dialects/otlp-without-end", 1, 60],
    ["parents-elsewhere", "dialects/ark-parents-elsewhere", 9, 900],
    ["never-rooted", "dialects/never-rooted", 9, 1_200],
  ];
  return states.flatMap(([id, file, requests, ago]) => {
    const text = readFileSync(new URL(`../fixtures/${file}.json`, import.meta.url), "utf8");
    const { deliveries } = JSON.parse(text) as { readonly deliveries: readonly unknown[] };
    return named(
      id,
      deliveries
        .slice(0, requests)
        .map((body) => ({ signal: "traces", encoding: "json", body: Buffer.from(JSON.stringify(body)) })),
      ago,
    );
  });
}

/** A time in nanoseconds, as text: only times of this century have so many digits. */
const TIME = /"(1[6-9]\d{17})"/g;

function moved(id: string, events: readonly SessionStreamEvent[], ago: Ago): CapturedSession {
  const text = JSON.stringify(events.map((event) => ("received" in event ? { ...event, received: "" } : event)));
  const times = Array.from(text.matchAll(TIME), ([, digits = ""]) => BigInt(digits));
  const last = times.reduce((latest, time) => (time > latest ? time : latest), 0n);
  const end = BigInt(PRESENT - ago * 1000) * 1_000_000n;
  const inPlace = text.replaceAll(TIME, (_, digits: string) => `"${BigInt(digits) - last + end}"`);
  return { id, events: JSON.parse(inPlace.replaceAll('"received":""', `"received":"${end}"`)) };
}
