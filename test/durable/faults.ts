import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { ReplicaQuery } from "../../src/durable/session/copy/protocol.ts";
import { Shard } from "../../src/durable/session/shard.ts";
import { ownName } from "../../src/place.ts";
import { holderOf, objectOf, shardOfLog } from "./world.ts";

/** A step of the objects' work that can fail: a transaction of one, or a call. `object`: the object, or what the call is about. */
export type Step = { readonly kind: "transaction" | "call"; readonly object: string; readonly method: string };

export const STRIKES = {
  transaction: ["it fails", "it is undone", "its object dies before it", "its object dies after it"],
  call: [
    "it is not sent",
    "its answer is lost",
    "it arrives late",
    "the called object dies before it",
    "the called object dies after it",
    "the calling object dies meanwhile",
  ],
} as const;

export type Strike = (typeof STRIKES)["transaction" | "call"][number];

/** Which faults are tried at a step, in a run of their own each. Steps are counted from 1. */
export type Choice = (step: Step, number: number) => readonly Strike[];

/** All faults of a step: minutes for each scenario, so for slow tests. */
export const everyStrike: Choice = ({ kind }) => STRIKES[kind];

/** One fault for each step, all in turn; `from` lets scenarios begin with different ones. */
export function oneStrike(from: number): Choice {
  return ({ kind }, number) => {
    const strikes: readonly Strike[] = STRIKES[kind];
    const strike = strikes[(from + number) % strikes.length];
    return strike === undefined ? [] : [strike];
  };
}

/** Chooses the fault of each step, by its number from 1 on. */
export type Plan = (step: Step, number: number) => Strike | undefined;

/** Of a log's shard to the log's own object, and back. */
const TO_OWN: ReadonlySet<string> = new Set(["takePage", "completeMove", "openMoved", "abandonMove", "joinMoved"]);
const TO_SHARD: ReadonlySet<string> = new Set(["moveOutcome", "releaseMoved", "checkMoved", "adoptMoved"]);
const CALLS: ReadonlySet<string> = new Set([
  "append",
  "storeCopy",
  "queryReplicas",
  "revoke",
  "copyAgain",
  "deleteTrace",
  "report",
  "remove",
  ...TO_OWN,
  ...TO_SHARD,
]);

/**
 * Faults at the surface of the platform: the functions by which objects store, and call each other. Production code has no
 * seam for them.
 */
export class Faults {
  readonly steps: Step[] = [];
  #plan: Plan = () => undefined;
  /** Done before a call is sent, which waits for it. */
  meanwhile: (step: Step) => Promise<void> = async () => undefined;
  #calls = 0;
  #late: { readonly method: string; readonly call: () => Promise<unknown> }[] = [];
  readonly #contexts = new WeakMap<DurableObjectStorage, DurableObjectState>();
  readonly #restore: (() => void)[] = [];

  static async install(): Promise<Faults> {
    const faults = new Faults();
    await runInDurableObject(objectOf("faults"), (_, state) => faults.#patch(state));
    return faults;
  }

  /** Sets the faults from now on; steps are counted from 1. */
  follow(plan: Plan): void {
    this.steps.length = 0;
    this.#calls = 0;
    this.#plan = plan;
  }

  /** Ends all faults. */
  end(): void {
    this.#plan = () => undefined;
    this.meanwhile = async () => undefined;
  }

  /** Resolves when objects have not called each other for some turns. A call of an object that died never ends. */
  async quiet(): Promise<void> {
    let steps = this.steps.length;
    for (let still = 0; still < (this.#calls === 0 ? 3 : 20); still++) {
      await turn();
      if (this.steps.length > steps) still = 0;
      steps = this.steps.length;
    }
  }

  /** Delivers the delayed calls, whose callers no longer wait for them. */
  async arrive(): Promise<void> {
    for (const { call } of this.#late.splice(0)) await call().catch(() => undefined);
  }

  /** Delivers the exports among them. */
  async arriveExports(): Promise<void> {
    const exports = this.#late.filter(({ method }) => method === "append");
    this.#late = this.#late.filter(({ method }) => method !== "append");
    for (const { call } of exports) await call().catch(() => undefined);
  }

  remove(): void {
    for (const restore of this.#restore) restore();
  }

  #patch(state: DurableObjectState): void {
    const faults = this;
    replace(
      this.#restore,
      Object.getPrototypeOf(state) as DurableObjectState,
      "setWebSocketAutoResponse",
      (original) =>
        function (this: DurableObjectState, pair) {
          // Each object calls this first.
          faults.#contexts.set(this.storage, this);
          original.call(this, pair);
        },
    );
    replace(
      this.#restore,
      Object.getPrototypeOf(state.storage) as DurableObjectStorage,
      "transactionSync",
      (original) =>
        function <T>(this: DurableObjectStorage, closure: () => T): T {
          return faults.#transaction(this, (change) => original.call(this, change) as T, closure);
        },
    );
    replace(this.#restore, Shard.prototype, "call", (original) => {
      const wrapped: typeof original = async function (this: Shard, context, method, message) {
        const about = aboutOf("", method, [context, message]);
        const name = shardOfLog("id" in context ? context.id : (sessionsOf(message)[0] ?? ""));
        const late = async () => await laterCall(name, method, [context, message]);
        const step = { kind: "call", object: about, method } as const;
        const call = async () => await original.call(this, context, method, message);
        return await faults.#call(step, name, callerOf(about, method, message), late, call);
      };
      return wrapped;
    });
    for (const namespace of [Object.getPrototypeOf(env.SESSIONS) as typeof env.SESSIONS]) {
      replace(
        this.#restore,
        namespace,
        "getByName",
        (original) =>
          function (this: typeof env.SESSIONS, name: string, options) {
            return faults.#stub(original.call(this, name, options), name);
          },
      );
    }
  }

  #transaction<T>(storage: DurableObjectStorage, original: (closure: () => T) => T, closure: () => T): T {
    const ctx = this.#contexts.get(storage);
    if (ctx === undefined) return original(closure);
    switch (this.#strikeAt({ kind: "transaction", object: ctx.id.name ?? "", method: "" })) {
      case "it fails":
        throw fault("the storage failed");
      case "it is undone":
        return original(() => {
          closure();
          throw fault("the storage failed");
        });
      case "its object dies before it":
        return die(ctx);
      case "its object dies after it":
        original(closure);
        return die(ctx);
      default:
        return original(closure);
    }
  }

  #stub<Stub extends object>(stub: Stub, name: string): Stub {
    const faults = this;
    return new Proxy(stub, {
      get(target, property) {
        const method = String(property);
        const call = (...args: unknown[]) =>
          (target as Record<string, (...a: unknown[]) => Promise<unknown>>)[method]?.(...args);
        if (!CALLS.has(method))
          return typeof Reflect.get(target, property) === "function" ? call : Reflect.get(target, property);
        return async (...args: unknown[]) => {
          const late = async () => await laterCall(name, method, args);
          const step = { kind: "call", object: aboutOf(name, method, args), method } as const;
          return await faults.#call(
            step,
            name,
            callerOf(step.object, method, args[1]),
            late,
            async () => await call(...args),
          );
        };
      },
    });
  }

  async #call(
    step: Step,
    object: string,
    caller: (() => Promise<string>) | undefined,
    late: () => Promise<unknown>,
    call: () => Promise<unknown>,
  ): Promise<unknown> {
    this.#calls++;
    try {
      const strike = this.#strikeAt(step);
      await this.meanwhile(step);
      if (strike === "it is not sent") throw fault("the object could not be reached");
      if (strike === "it arrives late") {
        this.#late.push({ method: step.method, call: late });
        throw fault("the connection was lost");
      }
      if (strike === "the called object dies before it") await kill(object);
      const answer = await call();
      // The caller does nothing from here on.
      if (strike === "the calling object dies meanwhile" && caller !== undefined) await kill(await caller());
      if (strike === "the called object dies after it") await kill(object);
      if (strike === "its answer is lost") throw fault("the connection was lost");
      return answer;
    } finally {
      this.#calls = Math.max(0, this.#calls - 1);
    }
  }

  #strikeAt(step: Step): Strike | undefined {
    this.steps.push(step);
    return this.#plan(step, this.steps.length);
  }
}

/** Without a stack, which the runtime would print each time. */
function fault(message: string): Error {
  const error = new Error(`${message} (a test's fault)`);
  error.stack = String(error);
  return error;
}

/** The same call by another caller: a stub belongs to the object that made it. */
async function laterCall(object: string, method: string, args: readonly unknown[]): Promise<unknown> {
  const namespace: DurableObjectNamespace = object.endsWith("/directory") ? env.DIRECTORY : env.SESSIONS;
  const stub: unknown = namespace.get(namespace.idFromName(object));
  return await (stub as Record<string, (...args: readonly unknown[]) => Promise<unknown>>)[method]?.(...args);
}

/** The ids that a call is about. */
function aboutOf(name: string, method: string, [context, first]: readonly unknown[]): string {
  if (method === "append") return (first as readonly { traceId: string }[]).map(({ traceId }) => traceId).join();
  if (method === "queryReplicas") return sessionsOf(first).join();
  if (method === "report") return (first as readonly { id: string }[]).map(({ id }) => id).join();
  return (context as { id?: string }).id ?? name;
}

const sessionsOf = (queries: unknown): string[] => (queries as readonly ReplicaQuery[]).map(({ session }) => session);

/** The object that makes a call about a log, by the arguments; `undefined` for the Worker. */
function callerOf(id: string, method: string, first: unknown): (() => Promise<string>) | undefined {
  if (method === "append") return undefined;
  if (TO_OWN.has(method)) return async () => shardOfLog(id);
  if (TO_SHARD.has(method)) return async () => ownName("default", id);
  if (method === "copyAgain") return async () => shardOfLog(first as string);
  const about = (Array.isArray(first) ? first[0] : first) as { id?: string; session?: string; traceId?: string };
  const byTrace = method === "storeCopy" || method === "queryReplicas" || method === "revoke";
  const calling = (byTrace ? about.traceId : method === "deleteTrace" ? about.session : about.id) ?? "";
  return async () => await holderOf(calling);
}

/** Nothing that the object does after this has an effect; the exception ends the present step. */
function die(ctx: DurableObjectState): never {
  ctx.abort("killed (a test's fault)");
  throw fault("killed");
}

/** Ends an instance as the platform does: its memory and its open calls are lost. */
export async function kill(name: string): Promise<void> {
  const stub = env.SESSIONS.get(env.SESSIONS.idFromName(name));
  await runInDurableObject(stub, (_, state) => state.abort("killed (a test's fault)")).catch(() => undefined);
}

function replace<Owner extends object, Key extends keyof Owner>(
  restore: (() => void)[],
  owner: Owner,
  key: Key,
  wrap: (original: Owner[Key]) => Owner[Key],
): void {
  const original = owner[key];
  owner[key] = wrap(original);
  restore.push(() => (owner[key] = original));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
