/** Voluntary application server identification for Web Push (RFC 8292). */
import type { Bindings } from "../../../config.ts";
import { bytesInBase64url } from "../../../lib/base64.ts";
import { alertsOf } from "../../../place.ts";
import type { CallContext } from "../../../place.ts";
import type { StoredVapid } from "../../../session/contract/alerts.ts";
import { keysIn, seal, unsealAndRotate } from "../../cipher.ts";
import { makePair, pointOf } from "./curve.ts";

/** `privateKey`: JSON of the JWK. */
export type Vapid = { readonly publicKey: string; readonly privateKey: string };

const ES256 = { name: "ECDSA", namedCurve: "P-256" } as const;
/** Of a token; services take 24 h at most (RFC 8292 §2). */
const TOKEN_SECONDS = 43_200;

const boundTo = (tenant: string): string => `${tenant}/vapid`;

/** The deployment's key, made when it is first asked for. `undefined` without UPSTREAM_KEY. */
export async function vapidOf(env: Bindings, caller: CallContext): Promise<Vapid | undefined> {
  const known: StoredVapid | undefined = await alertsOf(env, caller).vapid();
  const opened = await openVapid(env, caller, known);
  const [key] = keysIn(env.UPSTREAM_KEY);
  if (opened !== undefined || key === undefined) return opened;
  const pair = await makePair("ECDSA", true, ["sign", "verify"]);
  const publicKey = bytesInBase64url(await pointOf(pair.publicKey));
  const privateKey = JSON.stringify(await crypto.subtle.exportKey("jwk", pair.privateKey));
  const made = { publicKey, sealed: await seal(key, { privateKey }, boundTo(caller.tenant)) };
  return await openVapid(env, caller, await alertsOf(env, caller).setVapid(made, known));
}

/** `undefined` if no key of the deployment opens it. */
export async function openVapid(
  env: Bindings,
  caller: CallContext,
  stored: StoredVapid | undefined,
): Promise<Vapid | undefined> {
  if (stored === undefined) return undefined;
  const outcome = await unsealAndRotate(env.UPSTREAM_KEY, stored.sealed, boundTo(caller.tenant), async (sealed) => {
    await alertsOf(env, caller).setVapid({ ...stored, sealed }, stored);
  });
  if (outcome.state !== "open") return undefined;
  return { publicKey: stored.publicKey, privateKey: outcome.texts["privateKey"] ?? "" };
}

/** The value of `Authorization` for a push service. `contact`: a URL by which its operators reach ours. */
export async function vapidHeader({ publicKey, privateKey }: Vapid, endpoint: string, contact: string, now: number) {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor(now / 1_000) + TOKEN_SECONDS, sub: contact };
  const unsigned = [{ typ: "JWT", alg: "ES256" }, claims].map(encoded).join(".");
  const key = await crypto.subtle.importKey("jwk", JSON.parse(privateKey) as JsonWebKey, ES256, false, ["sign"]);
  const data = new TextEncoder().encode(unsigned);
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, data);
  return `vapid t=${unsigned}.${bytesInBase64url(new Uint8Array(signature))}, k=${publicKey}`;
}

const encoded = (part: object): string => bytesInBase64url(new TextEncoder().encode(JSON.stringify(part)));
