import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "../../lib/backoff.ts";
import { oneLine } from "../../lib/one-line.ts";
import { isRecord, nonEmpty, type PlainRecord } from "../../lib/plain-data.ts";
import { retryAfterMillis } from "../../lib/retry-after.ts";
import { MANIFEST_NAME, metadataOf } from "../../otel/environment-manifest.ts";
import type { Cluster, ClusterAnswer } from "./cluster.ts";

export type Kind = "Secret" | "ConfigMap";

const PATHS: Readonly<Record<Kind, string>> = { Secret: "secrets", ConfigMap: "configmaps" };
/** Of one page of a list. */
const PAGE = 500;
const LIST_MILLIS = 60_000;
/** The API server ends a watch after this time; the connection may have died before. */
const WATCH_SECONDS = 300;
const WATCH_GRACE_MILLIS = 30_000;
const FIRST_PAUSE = 1_000;
/** A new upstream is in force after 30 s. */
const LONGEST_PAUSE = 10_000;
/** Of a connection, after which an end is no failure, milliseconds. */
const LIVED = 5_000;
/** Of one line of a watch, in UTF-16 units. An object of a cluster has 1.5 MB at most; its base64 and managed fields stand in it. */
const LONGEST_LINE = 8_000_000;
const LONGEST_REASON = 300;

/** The API server's answer is no list and no watch: what it said. */
class ClusterError extends Error {
  readonly retryAfter: number | undefined;
  constructor(message: string, retryAfter?: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

/** The version that the watch began at is too old (HTTP 410, or an ERROR event with this code): only a list helps. */
const GONE = 410;

export type WatchOptions = {
  readonly cluster: Cluster;
  readonly kind: Kind;
  /** Of all namespaces without one. */
  readonly namespace: string | undefined;
  readonly onChange: () => void;
  /** Why nothing is known, or nothing new; `undefined`: it is in order again. */
  readonly onState: (trouble: string | undefined) => void;
};

/**
 * The objects of one kind and of the name `otel-environment-variables`, by their namespaces, as the API server has them: a list, then
 * a watch from its version, again and again.
 */
export class ManifestWatch {
  /** `undefined` until there was a list. What is missing in it does not exist. */
  manifests: ReadonlyMap<string, PlainRecord> | undefined;
  readonly #options: WatchOptions;
  #known = new Map<string, PlainRecord>();
  /** Of what is known; `undefined`: a list has to come first. */
  #version: string | undefined;
  /** Events of all watches so far. */
  #events = 0;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Runs until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const began = performance.now();
      const before = this.#events;
      let pause = 0;
      try {
        this.#version ??= await this.#list(signal);
        await this.#watch(this.#version, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ClusterError) pause = error.retryAfter ?? 0;
        this.#options.onState(messageOf(error));
      }
      // A watch that lived, or brought something, ends as watches do.
      failures = this.#events > before || performance.now() - began > LIVED ? 0 : failures + 1;
      if (failures > 0) pause = Math.max(pause, backoff(failures, FIRST_PAUSE, Math.random(), LONGEST_PAUSE));
      if (pause > 0) await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }

  /** Answers the version of the list. */
  async #list(signal: AbortSignal): Promise<string> {
    let listed = new Map<string, PlainRecord>();
    let next: string | undefined;
    for (;;) {
      const page = { limit: String(PAGE), ...(next === undefined ? {} : { continue: next }) };
      const answer = await this.#get(page, LIST_MILLIS, signal);
      const text = await textOf(answer);
      if (answer.status === GONE && next !== undefined) {
        // The list is too old between two pages: it begins again.
        listed = new Map();
        next = undefined;
        continue;
      }
      if (answer.status !== 200) throw refusal(answer, text);
      const list = objectIn(text);
      const version = versionOf(list);
      if (version === undefined) throw new ClusterError("the API server's answer is no list");
      const { items } = list;
      // Of an empty list Go writes null.
      for (const item of Array.isArray(items) ? (items as unknown[]) : []) this.#set(listed, item);
      next = nonEmpty(metadataOf(list)?.["continue"]);
      if (next !== undefined) continue;
      this.#known = listed;
      this.#publish();
      return version;
    }
  }

  /** Until the server ends it, or its connection breaks. */
  async #watch(from: string, signal: AbortSignal): Promise<void> {
    const parameters = {
      watch: "true",
      allowWatchBookmarks: "true",
      resourceVersion: from,
      timeoutSeconds: String(WATCH_SECONDS),
    };
    const answer = await this.#get(parameters, WATCH_SECONDS * 1_000 + WATCH_GRACE_MILLIS, signal);
    if (answer.status !== 200) {
      const text = await textOf(answer);
      if (answer.status !== GONE) throw refusal(answer, text);
      this.#version = undefined;
      return;
    }
    this.#options.onState(undefined);
    for await (const line of linesOf(answer.body)) {
      const { type, object } = objectIn(line);
      if (!isRecord(object)) throw new ClusterError("a line of the watch is no event");
      if (type === "ERROR") {
        // What else it may be, a list is the way on.
        this.#version = undefined;
        if (object["code"] === GONE) return;
        throw new ClusterError(`the watch ended: ${oneLine(String(object["message"]), LONGEST_REASON)}`);
      }
      this.#events++;
      if (type === "DELETED") this.#delete(object);
      else if (type !== "BOOKMARK") this.#set(this.#known, object);
      this.#version = versionOf(object) ?? this.#version;
      if (type !== "BOOKMARK") this.#publish();
    }
  }

  async #get(
    parameters: Readonly<Record<string, string>>,
    millis: number,
    signal: AbortSignal,
  ): Promise<ClusterAnswer> {
    const { cluster, kind, namespace } = this.#options;
    const scope = namespace === undefined ? "" : `namespaces/${encodeURIComponent(namespace)}/`;
    const query = new URLSearchParams({ fieldSelector: `metadata.name=${MANIFEST_NAME}`, ...parameters });
    const path = `/api/v1/${scope}${PATHS[kind]}?${query.toString()}`;
    return await cluster.get(path, AbortSignal.any([signal, AbortSignal.timeout(millis)]));
  }

  #set(known: Map<string, PlainRecord>, object: unknown): void {
    const namespace = namespaceOf(object);
    // Items of a list have no kind of their own.
    if (namespace !== undefined && isRecord(object)) known.set(namespace, { ...object, kind: this.#options.kind });
  }

  #delete(object: unknown): void {
    const namespace = namespaceOf(object);
    if (namespace !== undefined) this.#known.delete(namespace);
  }

  #publish(): void {
    this.manifests = this.#known;
    this.#options.onChange();
  }
}

/** A server that ignores the field selector must not give away other Secrets. */
function namespaceOf(object: unknown): string | undefined {
  const metadata = metadataOf(object);
  return metadata?.["name"] === MANIFEST_NAME ? nonEmpty(metadata["namespace"]) : undefined;
}

const versionOf = (object: unknown): string | undefined => nonEmpty(metadataOf(object)?.["resourceVersion"]);

function refusal({ status, retryAfter }: ClusterAnswer, text: string): ClusterError {
  let message = "";
  try {
    message = nonEmpty(objectIn(text)["message"]) ?? "";
  } catch {
    // A proxy's page, or nothing.
  }
  const said = message === "" ? "" : `: ${oneLine(message, LONGEST_REASON)}`;
  return new ClusterError(`the API server answers ${status}${said}`, retryAfterMillis(retryAfter, Date.now()));
}

function objectIn(text: string): PlainRecord {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value)) throw new ClusterError("the API server's answer is no object");
  return value;
}

async function textOf({ body }: ClusterAnswer): Promise<string> {
  const parts: string[] = [];
  for await (const part of body) parts.push(part);
  return parts.join("");
}

async function* linesOf(body: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const part of body) {
    const lines = `${rest}${part}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) throw new ClusterError("a line of the watch is too long");
    for (const line of lines) if (line.trim() !== "") yield line;
  }
}

function messageOf(error: unknown): string {
  // The parser's own message quotes the text, which may hold credentials.
  if (error instanceof SyntaxError) return "the API server's answer is no JSON";
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError" || error.name === "AbortError") return "the API server does not answer";
  // "aborted", "socket hang up".
  if ("code" in error && error.code === "ECONNRESET") return "the connection to the API server broke";
  return oneLine(error.message || ("code" in error ? String(error.code) : error.name), LONGEST_REASON);
}
