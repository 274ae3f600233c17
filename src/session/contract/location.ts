/** Where Cloudflare is to make an object. */
export const LOCATION_HINTS = [
  "wnam",
  "enam",
  "sam",
  "weur",
  "eeur",
  "apac",
  "apac-ne",
  "apac-se",
  "oc",
  "afr",
  "me",
] as const;
export type LocationHint = (typeof LOCATION_HINTS)[number];

export type LocationSetting = { readonly LOCATION_HINT?: string | undefined };

/** Reads LOCATION_HINT; `undefined` if it is not set. */
export function readLocation({
  LOCATION_HINT,
}: LocationSetting):
  | { readonly ok: true; readonly location: LocationHint | undefined }
  | { readonly ok: false; readonly error: string } {
  const text = LOCATION_HINT?.trim() ?? "";
  if (text === "") return { ok: true, location: undefined };
  const location = LOCATION_HINTS.find((hint) => hint === text);
  if (location !== undefined) return { ok: true, location };
  return { ok: false, error: `LOCATION_HINT is "${text}": it must be one of ${LOCATION_HINTS.join(", ")}` };
}

/** What Cloudflare knows of where a request came from. Absent in other runtimes. */
export type Origin = { readonly continent?: unknown; readonly longitude?: unknown };

/** Degrees east: between the halves of North America and of Europe, and between the Middle East and the rest of Asia. */
const WEST_OF_NORTH_AMERICA = -100;
const EAST_OF_EUROPE = 17;
const EAST_OF_MIDDLE_EAST = 60;

/** The hint for objects near a request; `undefined` if its place is unknown. A request without a longitude is in the half with more data centres. */
export function locationOf(origin: Origin | undefined): LocationHint | undefined {
  const degrees = Number.parseFloat(String(origin?.longitude));
  switch (origin?.continent) {
    case "NA":
      return degrees < WEST_OF_NORTH_AMERICA ? "wnam" : "enam";
    case "EU":
      return degrees > EAST_OF_EUROPE ? "eeur" : "weur";
    case "AS":
      return degrees < EAST_OF_MIDDLE_EAST ? "me" : "apac";
    case "SA":
      return "sam";
    case "OC":
      return "oc";
    case "AF":
      return "afr";
    default:
      return undefined;
  }
}
