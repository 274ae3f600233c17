/** The browser's side of Web Push, after the specifications alone: a subscription, decryption (RFC 8291, RFC 8188), and VAPID (RFC 8292). */
import { createDecipheriv, createECDH, hkdfSync, randomBytes, webcrypto } from "node:crypto";

export type PushBrowser = {
  readonly subscription: object;
  /** Throws if the body is not for this browser. */
  readonly decrypt: (body: Uint8Array) => unknown;
};

export function aBrowser(endpoint: string): PushBrowser {
  const ecdh = createECDH("prime256v1");
  const p256dh = ecdh.generateKeys();
  const auth = randomBytes(16);
  const keys = { p256dh: p256dh.toString("base64url"), auth: auth.toString("base64url") };
  return {
    subscription: { endpoint, expirationTime: null, keys },
    decrypt(given) {
      const body = Buffer.from(given);
      // RFC 8188 §2.1: salt, record size, length and text of the key's id.
      const salt = body.subarray(0, 16);
      const recordSize = body.readUInt32BE(16);
      const length = body.readUInt8(20);
      const sender = body.subarray(21, 21 + length);
      const record = body.subarray(21 + length);
      if (length !== 65 || record.length > recordSize || body.length > 4_096) throw new Error("not one record");
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), p256dh, sender]);
      const material = Buffer.from(hkdfSync("sha256", ecdh.computeSecret(sender), auth, info, 32));
      const key = Buffer.from(hkdfSync("sha256", material, salt, "Content-Encoding: aes128gcm\0", 16));
      const nonce = Buffer.from(hkdfSync("sha256", material, salt, "Content-Encoding: nonce\0", 12));
      const decipher = createDecipheriv("aes-128-gcm", key, nonce);
      decipher.setAuthTag(record.subarray(-16));
      const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
      const end = padded.lastIndexOf(2);
      if (end < 0 || padded.subarray(end + 1).some((byte: number) => byte !== 0)) throw new Error("no delimiter");
      return JSON.parse(padded.subarray(0, end).toString());
    },
  };
}

/** The claims of a valid header. Throws for any other. */
export async function vapidClaims(authorization: string, publicKey: string): Promise<Record<string, unknown>> {
  const [, token = "", key = ""] = /^vapid t=([^,]+), ?k=(.+)$/.exec(authorization) ?? [];
  if (key !== publicKey) throw new Error("another key");
  const point = Buffer.from(key, "base64url");
  const jwk = {
    kty: "EC",
    crv: "P-256",
    x: point.subarray(1, 33).toString("base64url"),
    y: point.subarray(33).toString("base64url"),
  };
  const [header = "", claims = "", signature = ""] = token.split(".");
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const imported = await webcrypto.subtle.importKey("jwk", jwk, curve, false, ["verify"]);
  const isValid = await webcrypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    imported,
    Buffer.from(signature, "base64url"),
    Buffer.from(`${header}.${claims}`),
  );
  if (!isValid) throw new Error("a wrong signature");
  const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { alg: string };
  if (alg !== "ES256") throw new Error(`alg ${alg}`);
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
}
