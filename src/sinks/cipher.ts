import { createHash } from "node:crypto";
import { bytesInBase64, bytesOfBase64 } from "../lib/base64.ts";
import type { Sealed } from "../session/contract/upstreams.ts";

/** Shorter secrets could be guessed. */
const SHORTEST_SECRET = 16;
const IV_BYTES = 12;

type Texts = Readonly<Record<string, string>>;
type Key = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer> };

/**
 * The keys of `UPSTREAM_KEY`: secrets separated by commas. The first encrypts, all decrypt: to rotate, put a new one before the old
 * one, and take the old one away after the upstreams were read once.
 */
export function keysIn(secret: string | undefined): readonly Key[] {
  return (secret ?? "")
    .split(",")
    .map((text) => text.trim())
    .filter((text) => text.length >= SHORTEST_SECRET)
    .map((text) => {
      const bytes = new Uint8Array(createHash("sha256").update(text).digest());
      return { id: createHash("sha256").update(bytes).digest("hex").slice(0, 12), bytes };
    });
}

/** Why nothing can be sealed without a key. */
export function noKeyFor(what: string): string {
  return `UPSTREAM_KEY has no secret of ${SHORTEST_SECRET} characters or more, and ${what} are only stored encrypted. Set one: npx wrangler secret put UPSTREAM_KEY`;
}

/** AES-GCM. `bound`: what the values belong to: elsewhere they do not open. */
export async function seal(key: Key, texts: Texts, bound: string): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const plain = new TextEncoder().encode(JSON.stringify(texts));
  const data = await crypto.subtle.encrypt(algorithm(iv, bound), await imported(key, "encrypt"), plain);
  return { key: key.id, iv: bytesInBase64(iv), data: bytesInBase64(new Uint8Array(data)) };
}

export type Unsealed =
  | { readonly state: "open"; readonly texts: Texts; readonly isCurrent: boolean }
  | { readonly state: "no-key" | "damaged" };

export async function unseal(keys: readonly Key[], sealed: Sealed, bound: string): Promise<Unsealed> {
  const key = keys.find(({ id }) => id === sealed.key);
  if (key === undefined) return { state: "no-key" };
  const [iv, data] = [bytesOfBase64(sealed.iv), bytesOfBase64(sealed.data)];
  if (iv === undefined || data === undefined) return { state: "damaged" };
  try {
    const plain = await crypto.subtle.decrypt(algorithm(iv, bound), await imported(key, "decrypt"), data);
    // Our own text, which nothing else can have written.
    const texts = JSON.parse(new TextDecoder().decode(plain)) as Texts;
    return { state: "open", texts, isCurrent: key === keys[0] };
  } catch {
    return { state: "damaged" };
  }
}

/** Opens what is sealed by the keys of `secret`. What an old one sealed is handed to `replace`, sealed by the first. */
export async function unsealAndRotate(
  secret: string | undefined,
  sealed: Sealed,
  bound: string,
  replace: (again: Sealed) => Promise<void>,
): Promise<Unsealed> {
  const keys = keysIn(secret);
  const outcome = await unseal(keys, sealed, bound);
  const [current] = keys;
  if (outcome.state === "open" && !outcome.isCurrent && current !== undefined)
    await replace(await seal(current, outcome.texts, bound));
  return outcome;
}

function algorithm(iv: Uint8Array<ArrayBuffer>, bound: string) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(bound) };
}

async function imported({ bytes }: Key, usage: "encrypt" | "decrypt") {
  return await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, [usage]);
}
