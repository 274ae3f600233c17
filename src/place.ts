import { createHash } from "node:crypto";
import type { Bindings } from "./config.ts";
import type { RequestTrace } from "./self/request-trace.ts";

/** The tenant of the program's own traces. */
export const SELF = "_self";

/** Longest session name, in UTF-8 bytes, that is used as id. Object names and URLs stay readable and bounded. */
export const SESSION_NAME_BYTES = 256;

/**
 * The id of a session name in storage, lists and URLs: the name itself, or `~` + SHA-256 of a name that is too long, that a URL
 * would resolve (`.`, `..`), or that looks like such an id.
 */
export function sessionIdOf(name: string): string {
  const short = name.length <= SESSION_NAME_BYTES && new TextEncoder().encode(name).length <= SESSION_NAME_BYTES;
  if (short && name !== "." && name !== ".." && !name.startsWith("~")) return name;
  return `~${createHash("sha256").update(name).digest("hex")}`;
}

/** The id of a session in a URL. The URL may contain the id, or the session's name as its spans carry it, of any length. */
export function sessionIdIn(text: string): string {
  return /^~[0-9a-f]{64}$/.test(text) ? text : sessionIdOf(text);
}

/** Who calls an object, and the trace of the request that caused the call: the first argument of every RPC. */
export type CallContext = {
  readonly tenant: string;
  /** Of the span that made the call (W3C Trace Context); of the request, if it is not recorded. */
  readonly traceparent?: string;
  /** The Worker knows that the tenant has no sink: nothing has to be delivered. Absent if it has one, or may have. */
  readonly sinks?: "none";
};

/** Calls of a request whose trace is recorded are spans of it. */
type TracedCaller = Omit<CallContext, "traceparent"> & { readonly trace: RequestTrace };

/** The call that caused other calls; `undefined` for an alarm, which has no trace. */
export type Cause = CallContext | undefined;

/** A tenant alone stands for a call without a trace. */
export type Caller = CallContext | TracedCaller | string;

/** The context of the calls that a request causes. */
export function callerOf({ var: { principal, trace } }: RequestContext): CallContext | TracedCaller {
  const { tenant } = principal;
  if (trace?.isRecording === true) return { tenant, trace };
  const traceparent = trace?.traceparent;
  return traceparent === undefined ? { tenant } : { tenant, traceparent };
}

type RequestContext = {
  readonly var: { readonly principal: { readonly tenant: string }; readonly trace?: RequestTrace | undefined };
};

/** An object as its callers see it: the call context is bound. */
export type Calls<Target> = {
  readonly [Name in Exclude<keyof Target, keyof DurableObject>]: Target[Name] extends (
    context: CallContext,
    ...args: infer Args
  ) => infer Answer
    ? (...args: Args) => Promise<Awaited<Answer>>
    : never;
} & Pick<DurableObjectStub, "fetch">;

type SessionObject = Env["SESSIONS"] extends DurableObjectNamespace<infer Target> ? Target : never;
type DirectoryObject = Env["DIRECTORY"] extends DurableObjectNamespace<infer Target> ? Target : never;

/** The object of a session, or of the owner of a trace: `id` is a session id or a trace id. */
export function sessionAt(env: Bindings, caller: Caller, id: string): Calls<SessionObject> {
  return callsOf(env.SESSIONS, caller, id, "session");
}

/** The tenant's list of sessions. */
export function directoryOf(env: Bindings, caller: Caller): Calls<DirectoryObject> {
  return callsOf(env.DIRECTORY, caller, "directory", "directory");
}

/**
 * The object of this name within the caller's tenant. The only place that names objects, and that adds the context to calls.
 * `service`: what spans of calls name the object.
 */
export function callsOf<Target>(
  namespace: { getByName(name: string): object },
  caller: Caller,
  name: string,
  service: string,
): Calls<Target> {
  const context: CallContext | TracedCaller = typeof caller === "string" ? { tenant: caller } : caller;
  const stub = namespace.getByName(`${context.tenant}/${name}`);
  return new Proxy(stub, {
    get(_, method) {
      // A promise that resolves with the object must not take it for another promise.
      if (method === "then") return undefined;
      return (...args: unknown[]): unknown => {
        const call = Reflect.get(stub, method) as (...all: unknown[]) => Promise<unknown>;
        if (method === "fetch") return Reflect.apply(call, stub, args);
        if (!("trace" in context)) return Reflect.apply(call, stub, [context, ...args]);
        const { trace, ...rest } = context;
        return trace.call(service, String(method), (traceparent) =>
          Reflect.apply(call, stub, [{ ...rest, traceparent }, ...args]),
        );
      };
    },
  }) as Calls<Target>;
}

/** The tenant of an object: the beginning of its name. */
export function tenantOf({ name = "" }: DurableObjectId): string {
  const end = name.indexOf("/");
  if (end <= 0) throw new Error("this object has no name, so its tenant is unknown");
  return name.slice(0, end);
}

/** Throws if the caller is of another tenant than the object. */
export function checkTenant(id: DurableObjectId, { tenant }: CallContext): void {
  if (tenantOf(id) !== tenant) throw new Error(`an object of another tenant was called by ${tenant}`);
}
