/**
 * The program's own bundle with its bill counted: rows as SQLite's cursors report them, and calls to objects. Nothing in the
 * bundle is changed, so what is counted is what a deployment would be charged for.
 */
import program, * as bundle from "./index.js";

const bill = {
  rowsWritten: 0,
  rowsRead: 0,
  objectRequests: 0,
  workerRequests: 0,
  alarmsSet: 0,
  /** Time in which objects had a call or a `waitUntil` pending: they can't hibernate meanwhile, and are billed. */
  pendingMillis: 0,
  calls: {},
};
/** Objects with something pending. */
const busy = new Set();
/** A cursor counts what it reads while it is read: it is added up when whoever ran it is done. */
let cursors = [];
let isCounting = false;

function addUp() {
  for (const cursor of cursors) {
    bill.rowsWritten += cursor.rowsWritten;
    bill.rowsRead += cursor.rowsRead;
  }
  cursors = [];
}

function countStorage(storage) {
  if (isCounting) return;
  isCounting = true;
  const sql = Object.getPrototypeOf(storage.sql);
  const { exec } = sql;
  sql.exec = function (...query) {
    if (cursors.length > 1_000) addUp();
    const cursor = exec.apply(this, query);
    cursors.push(cursor);
    return cursor;
  };
  // Each entry is a row.
  const keyed = Object.getPrototypeOf(storage.kv);
  for (const method of ["put", "delete"]) {
    const own = keyed[method];
    keyed[method] = function (...given) {
      bill.rowsWritten += 1;
      return own.apply(this, given);
    };
  }
  const durable = Object.getPrototypeOf(storage);
  const { setAlarm } = durable;
  durable.setAlarm = function (...when) {
    bill.rowsWritten += 1;
    bill.alarmsSet += 1;
    return setAlarm.apply(this, when);
  };
}

/** What an object has pending: from the first of several to the end of the last. */
class Pending {
  #count = 0;
  #since = 0;

  add(work) {
    if (!(work instanceof Promise)) return;
    if (this.#count++ === 0) {
      this.#since = Date.now();
      busy.add(this);
    }
    const end = () => {
      this.addUp();
      if (--this.#count === 0) busy.delete(this);
    };
    work.then(end, end);
  }

  addUp() {
    const now = Date.now();
    bill.pendingMillis += now - this.#since;
    this.#since = now;
  }
}

/** Logs of one shard call each other by the object's methods, which is free: only the runtime calls without a caller on the stack. */
function isFromOutside() {
  return (new Error().stack ?? "").split("\n    at ").length <= 3;
}

/** Every public method is a billed request, an alarm too. */
function counted(name, Base) {
  const pending = Symbol("pending");
  const Counted = class extends Base {
    constructor(ctx, env) {
      countStorage(ctx.storage);
      const work = new Pending();
      const { waitUntil } = ctx;
      ctx.waitUntil = (promise) => {
        work.add(promise);
        waitUntil.call(ctx, promise);
      };
      super(ctx, env);
      this[pending] = work;
    }
  };
  for (const method of Object.getOwnPropertyNames(Base.prototype)) {
    if (method === "constructor" || typeof Base.prototype[method] !== "function") continue;
    Counted.prototype[method] = function (...given) {
      if (!isFromOutside()) return Base.prototype[method].apply(this, given);
      const call = `${name}.${method}`;
      bill.calls[call] = (bill.calls[call] ?? 0) + 1;
      bill.objectRequests += 1;
      const answer = Base.prototype[method].apply(this, given);
      this[pending].add(answer);
      return answer;
    };
  }
  return Counted;
}

export const SessionObject = counted("session", bundle.SessionObject);
export const DirectoryObject = counted("directory", bundle.DirectoryObject);
export const ArkFeedObject = counted("ark-feed", bundle.ArkFeedObject);
export const AlertsObject = counted("alerts", bundle.AlertsObject);
export const UpstreamsObject = counted("upstreams", bundle.UpstreamsObject);
// A call between Workers of one account is no billed request.
export const { Courier } = bundle;

const counting = {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/bill") {
      addUp();
      for (const pending of busy) pending.addUp();
      return Response.json(bill);
    }
    if (new URL(request.url).pathname === "/bench/reports") {
      const directory = env.DIRECTORY.getByName("default/directory");
      const reports = await request.json();
      await Promise.all(reports.map((report) => directory.report({ tenant: "default" }, [report])));
      return new Response(String(reports.length));
    }
    bill.workerRequests += 1;
    return program.fetch(request, env, ctx);
  },
};

// oxlint-disable-next-line import/no-default-export -- a Worker is its module's default export
export default counting;
