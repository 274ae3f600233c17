/** P-256 in WebCrypto, whose types do not know which algorithms have pairs of keys. */

export async function makePair(
  name: "ECDH" | "ECDSA",
  extractable: boolean,
  usages: ("deriveBits" | "sign" | "verify")[],
): Promise<CryptoKeyPair> {
  const pair: unknown = await crypto.subtle.generateKey({ name, namedCurve: "P-256" }, extractable, usages);
  return pair as CryptoKeyPair;
}

/** The uncompressed point. */
export async function pointOf(publicKey: CryptoKey): Promise<Uint8Array<ArrayBuffer>> {
  const point: unknown = await crypto.subtle.exportKey("raw", publicKey);
  return new Uint8Array(point as ArrayBuffer);
}
