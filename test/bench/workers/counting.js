/**
 * The program's own bundle with its bill counted: rows as SQLite's cursors report them, and calls to objects. Nothing in the
 * bundle is changed, so what is counted is what a deployment would be charged for.
 */
import program, * as bundle from "./index.js";

const bill = { rowsWritten: 0, rowsRead: 0, objectRequests: 0, workerRequests: 0, alarmsSet: 0, calls: {} };
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
  const durable = Object.getPrototypeOf(storage);
  const { setAlarm } = durable;
  durable.setAlarm = function (...when) {
    bill.rowsWritten += 1;
    bill.alarmsSet += 1;
    return setAlarm.apply(this, when);
  };
}

/** Every public method is a billed request, an alarm too. */
function counted(name, Base) {
  const Counted = class extends Base {
    constructor(ctx, env) {
      countStorage(ctx.storage);
      super(ctx, env);
    }
  };
  for (const method of Object.getOwnPropertyNames(Base.prototype)) {
    if (method === "constructor" || typeof Base.prototype[method] !== "function") continue;
    Counted.prototype[method] = function (...given) {
      const call = `${name}.${method}`;
      bill.calls[call] = (bill.calls[call] ?? 0) + 1;
      bill.objectRequests += 1;
      return Base.prototype[method].apply(this, given);
    };
  }
  return Counted;
}

export const SessionObject = counted("session", bundle.SessionObject);
export const DirectoryObject = counted("directory", bundle.DirectoryObject);
export const { ArkFeedObject, Courier, UpstreamsObject } = bundle;

const counting = {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/bill") {
      addUp();
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
