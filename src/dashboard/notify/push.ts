import { computed } from "@preact/signals";
import { BASE } from "../address/address.ts";
import { getFresh } from "../get-fresh.ts";
import { send } from "../send.ts";
import { authorisedFetch } from "../server.ts";
import { remembered } from "../ui/remembered.ts";
import { type Preferences, watchedStatuses } from "./preferences.ts";

/** `rule`: the last one that was sent to the server, as text. `at`: when, Unix milliseconds. */
type Pushed = { readonly id: string; readonly rule: string; readonly at: number };

const stored = remembered("push", (value): Pushed | undefined => {
  const [id, rule, at] = ["id", "rule", "at"].map((name): unknown => Reflect.get(Object(value), name));
  return typeof id === "string" && typeof rule === "string" && typeof at === "number" ? { id, rule, at } : undefined;
});

/** Whether the push service notifies this browser, in place of open tabs. */
export const isPushed = computed(() => stored.value.value !== undefined);

/** Some browsers have it only for pages that are installed, and none for the program's own traces. */
export const mayPush = "serviceWorker" in navigator && "PushManager" in globalThis && BASE === "";

/** A subscription that the server lost is renewed after this time. */
const RENEWED_MILLIS = 86_400_000;

/** Never rejects. */
let last: Promise<void> = Promise.resolve();

/** One after the other: the last choice is the one that holds. */
function inTurn(work: () => Promise<void>): Promise<void> {
  const done = last.then(work);
  last = done.catch(() => undefined);
  return done;
}

/** Subscribes this browser. Rejects with the reason if it can't. */
export const startPush = (preferences: Preferences): Promise<void> => inTurn(() => subscribe(preferences));

/** Sends the server what the reader wants now. If the browser ended its subscription, open tabs notify again. */
export function syncPush(preferences: Preferences): void {
  inTurn(() => renew(preferences)).catch(() => undefined);
}

/** Ends the subscription of this browser. */
export const stopPush = (): Promise<void> => inTurn(unsubscribe);

async function unsubscribe(): Promise<void> {
  const pushed = stored.value.peek();
  stored.set(undefined);
  await (await subscription())?.unsubscribe();
  if (pushed === undefined) return;
  // A server that does not learn of it now does so from the push service, which refuses the next message.
  await authorisedFetch(`/push/subscriptions/${pushed.id}`, { method: "DELETE" }).catch(() => undefined);
}

async function subscribe(preferences: Preferences): Promise<void> {
  const answer: unknown = await (await getFresh("/push", "application/json")).json();
  const publicKey: unknown = Reflect.get(Object(answer), "publicKey");
  if (typeof publicKey !== "string") throw new Error("The server has no UPSTREAM_KEY, so it can't push.");
  await navigator.serviceWorker.register("/push-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  // One with another key can't be used any more.
  await (await pushManager.getSubscription())?.unsubscribe();
  await put(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }), preferences);
}

async function renew(preferences: Preferences): Promise<void> {
  const pushed = stored.value.peek();
  if (pushed === undefined) return;
  const known = await subscription();
  if (known === undefined) return stored.set(undefined);
  const isKnown = pushed.rule === JSON.stringify(ruleOf(preferences)) && Date.now() - pushed.at < RENEWED_MILLIS;
  if (!isKnown) await put(known, preferences);
}

async function subscription(): Promise<PushSubscription | undefined> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? undefined;
}

async function put(known: PushSubscription, preferences: Preferences): Promise<void> {
  const rule = ruleOf(preferences);
  const body = { subscription: known.toJSON(), ...rule };
  const { id } = (await send("/push/subscriptions", "PUT", body)) as { readonly id: string };
  stored.set({ id, rule: JSON.stringify(rule), at: Date.now() });
}

function ruleOf(preferences: Preferences): object {
  const { all, sessions } = preferences;
  return { on: watchedStatuses(preferences), question: "included", ...(all ? {} : { sessions }) };
}
