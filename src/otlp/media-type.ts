/** The two encodings of OTLP/HTTP; a response has the request's. */
export type OtlpEncoding = "json" | "protobuf";

/** By the Content-Type: case and parameters do not matter (RFC 9110). `undefined` becomes 415. */
export function encodingOf(contentType: string | null): OtlpEncoding | undefined {
  const mediaType = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType === "application/json") return "json";
  if (mediaType === "application/x-protobuf") return "protobuf";
  return undefined;
}

/** The Content-Type of a response. */
export function mediaTypeOf(encoding: OtlpEncoding): string {
  return encoding === "json" ? "application/json" : "application/x-protobuf";
}
