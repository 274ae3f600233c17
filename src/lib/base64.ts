/** Standard base64, padded. For texts of a few kilobytes: each byte is an argument of a call. */
export function bytesInBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** The bytes of standard base64, padded or not; `undefined` for another text. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Base64url without padding (RFC 4648 §5). */
export function bytesInBase64url(bytes: Uint8Array): string {
  return bytesInBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of base64url, padded or not; `undefined` for another text. */
export function bytesOfBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*={0,2}$/.test(text)) return undefined;
  return bytesOfBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
