import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Captured } from "./capture.ts";
import { PRODUCERS } from "./producers.ts";

/** A folder for each producer, with the bodies that it sent in order and what Spanfold shows of them. */
export const FIXTURES = join(import.meta.dirname, "..", "fixtures", "producers");

export function fileOf(index: number, { signal, encoding }: Captured): string {
  return `${String(index + 1).padStart(3, "0")}-${signal}.${encoding === "json" ? "json" : "pb"}.gz`;
}

export function fixtureNames(): readonly string[] {
  return readdirSync(FIXTURES).toSorted();
}

export function readCaptures(name: string): readonly Captured[] {
  const files = readdirSync(join(FIXTURES, name)).filter((file) => file.endsWith(".gz"));
  return files.toSorted().map((file) => ({
    signal: file.includes("-logs.") ? "logs" : "traces",
    encoding: file.includes(".json.") ? "json" : "protobuf",
    body: gunzipSync(readFileSync(join(FIXTURES, name, file))),
  }));
}

export function extentOf(name: string): "whole" | "calls" | undefined {
  return PRODUCERS.find((producer) => producer.name === name)?.extent;
}

export function readPortrait(name: string): string {
  return readFileSync(join(FIXTURES, name, "portrait.txt"), "utf8").trimEnd();
}

export function readTranscript(name: string): string {
  return readFileSync(join(FIXTURES, name, "transcript.md"), "utf8");
}
