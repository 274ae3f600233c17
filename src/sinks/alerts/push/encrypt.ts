/** Message encryption for Web Push (RFC 8291), in one record of aes128gcm (RFC 8188). */

import { bytesOfBase64url } from "../../../lib/base64.ts";
import { joinBytes } from "../../../lib/join-bytes.ts";
import { makePair, pointOf } from "./curve.ts";

/** A browser's subscription: its public key, an uncompressed point of P-256, and 16 bytes that it shares with us. */
export type PushKeys = { readonly p256dh: Uint8Array<ArrayBuffer>; readonly auth: Uint8Array<ArrayBuffer> };

/** Services take 4,096 bytes of body (RFC 8291 §4): 86 of header, 16 of tag, 1 of padding. */
export const MAX_PLAINTEXT = 4_096 - 103;
const RECORD_SIZE = 4_096;
const P256 = { name: "ECDH", namedCurve: "P-256" } as const;

/** The body of a push. Each has a key pair and a salt of its own. */
export async function encryptPush(keys: PushKeys, plaintext: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const own = await makePair("ECDH", false, ["deriveBits"]);
  const ownPublic = await pointOf(own.publicKey);
  const theirs = await crypto.subtle.importKey("raw", keys.p256dh, P256, false, []);
  const algorithm = { name: "ECDH", public: theirs } as unknown as SubtleCryptoDeriveKeyAlgorithm;
  const secret = new Uint8Array(await crypto.subtle.deriveBits(algorithm, own.privateKey, 256));
  const salt = crypto.getRandomValues(new Uint8Array(16));
  // RFC 8291 §3.4.
  const material = await hkdf(keys.auth, secret, joinBytes([text("WebPush: info\0"), keys.p256dh, ownPublic]), 32);
  const key = await hkdf(salt, material, text("Content-Encoding: aes128gcm\0"), 16);
  const nonce = await hkdf(salt, material, text("Content-Encoding: nonce\0"), 12);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  // 2: the last record (RFC 8188 §2).
  const padded = joinBytes([plaintext, new Uint8Array([2])]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, imported, padded);
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, RECORD_SIZE);
  return joinBytes([salt, size, new Uint8Array([ownPublic.length]), ownPublic, new Uint8Array(sealed)]);
}

/** Whether the text is a point of the curve. */
export async function isPoint(p256dh: string): Promise<boolean> {
  const bytes = bytesOfBase64url(p256dh);
  if (bytes === undefined) return false;
  return await crypto.subtle.importKey("raw", bytes, P256, false, []).then(
    () => true,
    () => false,
  );
}

async function hkdf(
  salt: Uint8Array<ArrayBuffer>,
  secret: Uint8Array<ArrayBuffer>,
  info: Uint8Array<ArrayBuffer>,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, bytes * 8));
}

const text = (given: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(given));
