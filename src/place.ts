import { createHash } from "node:crypto";
import { configuredShards } from "./config.ts";
import type { Bindings } from "./config.ts";
import { knownLocation, rememberLocation, stubAt, wantedLocation } from "./location.ts";
import type { Location, Namespace } from "./location.ts";
import { Lru } from "./lib/lru.ts";
import type { LocationHint } from "./session/contract/location.ts";
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
  /** Where the tenant's objects are made, if the caller knows: an object that calls others passes it on. */
  readonly location?: LocationHint;
  /** Where the export came from that caused the call, if that is not where the tenant's objects are made. */
  readonly exporter?: LocationHint;
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

/** A call of one of the objects that a tenant's logs are divided into. */
export type ShardCall = CallContext & {
  /** How many there are. */
  readonly shards: number;
};

/** A call of one of the objects that hold logs. */
export type ObjectCall = ShardCall & {
  /** Number of the move by which a log came to the called object, which holds it alone; absent in calls of a shard. */
  readonly move?: number;
};

/** A call of one log. */
export type LogCall = ObjectCall & {
  /** The session id or the trace id that names the log. */
  readonly id: string;
};

/** The answer of an object that does not hold the log. `move`: it is in its own object, by this move; without it, in its shard. */
export type Elsewhere = { readonly outcome: "elsewhere"; readonly move?: number };

/** The status, and the header with the move's number, by which an object says the same to a request. */
export const ELSEWHERE_STATUS = 421;
export const MOVE_HEADER = "spanfold-move";

/** An object as its callers see it: the call context is bound. */
export type Calls<Target, Context = CallContext> = {
  readonly [Name in Exclude<keyof Target, keyof DurableObject>]: Target[Name] extends (
    context: Context,
    ...args: infer Args
  ) => infer Answer
    ? (...args: Args) => Promise<Exclude<Awaited<Answer>, Elsewhere>>
    : never;
} & Pick<DurableObjectStub, "fetch">;

type SessionObject = Env["SESSIONS"] extends DurableObjectNamespace<infer Target> ? Target : never;
type AlertsObject = Env["ALERTS"] extends DurableObjectNamespace<infer Target> ? Target : never;
type DirectoryObject = Env["DIRECTORY"] extends DurableObjectNamespace<infer Target> ? Target : never;

/** They concern several logs of an object. */
type CallsOfObject = "append" | "logIds" | "queryReplicas" | "readOwners" | "reportAgain" | "waiting";

/** What one log is called by, wherever it is. */
export type LogStub = Omit<Calls<SessionObject, LogCall>, CallsOfObject | MoveMethod>;

/** The methods by which a log moves. */
type MoveMethod =
  | "takePage"
  | "completeMove"
  | "openMoved"
  | "abandonMove"
  | "moveOutcome"
  | "releaseMoved"
  | "checkMoved"
  | "adoptMoved"
  | "joinMoved"
  | "findShard";

/** The caller's own object, whose logs are called without an RPC. `calls`: some of its methods. */
export type Here = { readonly name: string | undefined; readonly calls: object };

/** An object says where the log is; the log may move on before the next call arrives. */
const HOPS = 5;

/** The log of a session, or of the owner of a trace: `id` is a session id or a trace id. Calls follow a log that moved. */
export function sessionAt(env: Bindings, caller: Caller, id: string, here?: Here): LogStub {
  const context = contextOf(caller);
  const target = (shards: number): CallTarget => {
    const { name, move } = placeOf(caller, id, shards);
    const stub = name === here?.name ? here.calls : stubAt(env.SESSIONS, env, context.tenant, name);
    const call: LogCall = { ...context, shards, id, ...(move === undefined ? {} : { move }) };
    return { stub, context: call };
  };
  const find = () => {
    const shards = knownShards.get(context.tenant);
    return shards === undefined ? shardsOf(env, caller).then(target) : target(shards);
  };
  return boundCalls(traceOf(caller), "session", find, (elsewhere) => rememberPlace(caller, id, elsewhere));
}

/** The object that holds a log. */
export type Place = { readonly name: string; readonly move?: number };

/** The object that holds a log, as far as this isolate knows. If it does not, it says where the log is. */
export function placeOf(caller: Caller, id: string, shards: number): Place {
  const tenant = tenantOfCaller(caller);
  const move = knownMoves.get(`${tenant}/${id}`) ?? 0;
  return move === 0 ? { name: shardName(tenant, shardOf(id, shards)) } : { name: ownName(tenant, id), move };
}

/** One of a tenant's shards. */
export function shardPlace(caller: Caller, shard: number): Place {
  return { name: shardName(tenantOfCaller(caller), shard) };
}

/** The own object of a log that its shard knows to have moved. */
export function movedPlace(caller: Caller, { id, move }: { readonly id: string; readonly move: number }): Place {
  return { name: ownName(tenantOfCaller(caller), id), move };
}

/** By tenant and log: the move by which it came to its own object; 0 if it is in its shard again. Some 200 bytes each. */
const knownMoves = new Lru<string, number>(10_000);

/** Keeps what an object that does not hold the log answered. */
export function rememberPlace(caller: Caller, id: string, { move = 0 }: Elsewhere): void {
  knownMoves.set(`${tenantOfCaller(caller)}/${id}`, move);
}

/** For calls about several logs of one object. */
export function objectAt(
  env: Bindings,
  caller: Caller,
  { name, move }: Place,
  shards: number,
  here?: Here,
): Pick<Calls<SessionObject, ObjectCall>, CallsOfObject> {
  const context: ObjectCall = { ...contextOf(caller), shards, ...(move === undefined ? {} : { move }) };
  const stub = name === here?.name ? here.calls : stubAt(env.SESSIONS, env, context.tenant, name);
  return boundCalls(traceOf(caller), "session", () => ({ stub, context }));
}

/** The two objects between which a log moves, called as they are named. `near`: where the log's own object is to be made, if not where the tenant's are. */
export function moveAt(
  env: Bindings,
  to: "shard" | "own",
  call: LogCall,
  near?: LocationHint,
): Pick<Calls<SessionObject, LogCall>, MoveMethod> {
  const { tenant, id, shards } = call;
  const name = to === "own" ? ownName(tenant, id) : shardName(tenant, shardOf(id, shards));
  const stub = stubAt(env.SESSIONS, env, tenant, name, near);
  const context: LogCall = { ...call, ...contextOf(call) };
  return boundCalls(undefined, "session", () => ({ stub, context }));
}

const OWN = "/log:";

/** The name of the own object of a log. */
export function ownName(tenant: string, id: string): string {
  return tenant + OWN + id;
}

/** The log that an object of this name holds alone; `undefined` for a shard. */
export function ownLogOf(name = ""): string | undefined {
  const at = name.indexOf("/");
  return name.startsWith(OWN, at) ? name.slice(at + OWN.length) : undefined;
}

/** The name of a shard, from 0 on. */
export function shardName(tenant: string, shard: number): string {
  return `${tenant}/shard-${shard}`;
}

/** The shard of a log, from 0 on. FNV-1a: session names are short texts, trace ids are random already. */
export function shardOf(id: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  // The low bits of the product depend on few bits of the text.
  return ((hash ^ (hash >>> 15)) >>> 0) % shards;
}

/** By tenant. The number never changes once the directory has it. */
const knownShards = new Map<string, number>();

/** How many shards the tenant has: asked of the directory once an isolate, which keeps the first answer for ever. */
export async function shardsOf(env: Bindings, caller: Caller): Promise<number> {
  const tenant = tenantOfCaller(caller);
  const known = knownShards.get(tenant);
  if (known !== undefined) return known;
  const shards = await directoryOf(env, tenant).shards(configuredShards(env));
  rememberShards({ tenant, shards });
  return shards;
}

/** Learns where the tenant's objects are made, or has the directory decide it: once an isolate, before the first export goes on. */
export async function locate(env: Bindings, caller: Caller): Promise<void> {
  const tenant = tenantOfCaller(caller);
  if (knownLocation(tenant) !== undefined) return;
  const wanted = wantedLocation(env, tenant);
  if (wanted !== undefined) rememberLocation(tenant, await directoryOf(env, tenant).locate(wanted));
}

export function rememberShards({ tenant, shards }: ShardCall): void {
  knownShards.set(tenant, shards);
}

/** For tests that begin with empty storage. */
export function forgetPlaces(): void {
  knownShards.clear();
  knownMoves.clear();
}

/** The tenant's list of sessions. */
export function directoryOf(env: Bindings, caller: Caller): Calls<DirectoryObject> {
  return callsOf(env.DIRECTORY, env, caller, "directory", "directory");
}

/** The tenant's alerts. */
export function alertsOf(env: Bindings, caller: Caller): Calls<AlertsObject> {
  return callsOf(env.ALERTS, env, caller, "alerts", "alerts");
}

/**
 * The object of this name within the caller's tenant. Only this file names objects, and adds the context to calls. `service`: what
 * spans of calls name the object.
 */
export function callsOf<Target>(
  namespace: Namespace<object>,
  env: Bindings,
  caller: Caller,
  name: string,
  service: string,
): Calls<Target> {
  const context = contextOf(caller);
  const stub = stubAt(namespace, env, context.tenant, `${context.tenant}/${name}`);
  return boundCalls(traceOf(caller), service, () => ({ stub, context }));
}

export function tenantOfCaller(caller: Caller): string {
  return typeof caller === "string" ? caller : caller.tenant;
}

function contextOf(caller: Caller): CallContext {
  const { exporter, ...context } = ownContextOf(caller);
  const location = knownLocation(context.tenant);
  return {
    ...context,
    ...(location === undefined || location === "none" ? {} : { location }),
    ...(exporter === undefined || exporter === location ? {} : { exporter }),
  };
}

function ownContextOf(caller: Caller): CallContext {
  if (typeof caller === "string") return { tenant: caller };
  if (!("trace" in caller)) return caller;
  const { trace: _, ...context } = caller;
  return context;
}

function traceOf(caller: Caller): RequestTrace | undefined {
  return typeof caller !== "string" && "trace" in caller ? caller.trace : undefined;
}

type CallTarget = { readonly stub: object; readonly context: CallContext | ObjectCall | LogCall };

/** Calls that find their target when they are made, and find it anew after the answer that the log is elsewhere. */
function boundCalls<Bound>(
  trace: RequestTrace | undefined,
  service: string,
  find: () => CallTarget | Promise<CallTarget>,
  remember?: (elsewhere: Elsewhere) => void,
): Bound {
  const call = ({ stub, context }: CallTarget, method: string | symbol, args: unknown[]): unknown => {
    const own = Reflect.get(stub, method) as (...all: unknown[]) => Promise<unknown>;
    if (method === "fetch") return Reflect.apply(own, stub, [namedRequest(args[0] as Request, context)]);
    if (trace === undefined) return Reflect.apply(own, stub, [context, ...args]);
    return trace.call(service, String(method), (traceparent) =>
      Reflect.apply(own, stub, [{ ...context, traceparent }, ...args]),
    );
  };
  const callFound = (method: string | symbol, args: unknown[]): unknown => {
    const target = find();
    return target instanceof Promise ? target.then((found) => call(found, method, args)) : call(target, method, args);
  };
  const follow = async (method: string | symbol, args: unknown[]): Promise<unknown> => {
    for (let hop = 0; hop < HOPS; hop++) {
      const answer = await callFound(method, args);
      const elsewhere = elsewhereIn(answer);
      if (elsewhere === undefined) return answer;
      remember?.(elsewhere);
    }
    throw new Error("the log moves; try again");
  };
  return new Proxy(
    {},
    {
      get(_, method) {
        // A promise that resolves with the object must not take it for another promise.
        if (method === "then") return undefined;
        return (...args: unknown[]): unknown =>
          remember === undefined ? callFound(method, args) : follow(method, args);
      },
    },
  ) as Bound;
}

function elsewhereIn(answer: unknown): Elsewhere | undefined {
  if (answer instanceof Response) {
    if (answer.status !== ELSEWHERE_STATUS) return undefined;
    const move = answer.headers.get(MOVE_HEADER);
    return { outcome: "elsewhere", ...(move === null ? {} : { move: Number(move) }) };
  }
  const isElsewhere = typeof answer === "object" && answer !== null && "outcome" in answer;
  return isElsewhere && answer.outcome === "elsewhere" ? (answer as Elsewhere) : undefined;
}

/** A request has no context: one to a log names it in its URL. */
function namedRequest(request: Request, context: CallTarget["context"]): Request {
  if (!("id" in context)) return request;
  const url = new URL(request.url);
  url.searchParams.set("log", context.id);
  url.searchParams.set("shards", String(context.shards));
  if (context.move !== undefined) url.searchParams.set("move", String(context.move));
  return new Request(url, request);
}

/** Of an object's id. */
export type ObjectName = { readonly name?: string | undefined };

/** The tenant of an object: the beginning of its name. */
export function tenantOf({ name = "" }: ObjectName): string {
  const end = name.indexOf("/");
  if (end <= 0) throw new Error("this object has no name, so its tenant is unknown");
  return name.slice(0, end);
}

/** Throws if the caller is of another tenant than the object. */
export function checkTenant(id: ObjectName, { tenant, location }: CallContext): void {
  if (tenantOf(id) !== tenant) throw new Error(`an object of another tenant was called by ${tenant}`);
  learnLocation(tenant, location);
}

/** For an isolate that does not know it yet. */
export function learnLocation(tenant: string, location: Location | undefined): void {
  if (location !== undefined && knownLocation(tenant) === undefined) rememberLocation(tenant, location);
}
