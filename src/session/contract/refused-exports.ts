import type { RefusedExport } from "./stream-events.ts";

/** Lines of requests without permission, and of all others. Separate, so that a stranger cannot displace an exporter's lines. */
const MOST_DENIED = 5;
const MOST_FAULTY = 10;
/** A new line may replace one that has been silent for longer. */
const SILENT_MILLIS = 5 * 60_000;
const OTHERS = "other refusals";

/** Equal for repetitions of one refusal. */
export function refusalKey(refused: RefusedExport): string {
  const { status, signal, encoding, service, reason } = refused;
  if (reason === OTHERS) return JSON.stringify([OTHERS, isDenied(refused)]);
  return JSON.stringify([status, signal, encoding, service, reason]);
}

const isDenied = ({ status }: RefusedExport): boolean => status === 401 || status === 403;

/** Adds a refusal to the lines, newest first. `isFirst`: it starts a new line; otherwise a known line counts it. */
export function addRefusal(
  lines: readonly RefusedExport[],
  refused: RefusedExport,
): { readonly lines: readonly RefusedExport[]; readonly isFirst: boolean } {
  const key = refusalKey(refused);
  const known = lines.find((line) => refusalKey(line) === key);
  if (known !== undefined) return { lines: ordered(lines, known, repeated(known, refused)), isFirst: false };
  const peers = lines.filter((line) => line.reason !== OTHERS && isDenied(line) === isDenied(refused));
  const oldest = peers.at(-1);
  const isFull = peers.length >= (isDenied(refused) ? MOST_DENIED : MOST_FAULTY);
  if (refused.reason === OTHERS || !isFull) return { lines: ordered(lines, undefined, refused), isFirst: true };
  // Absolute: the clock may have been set back.
  if (oldest !== undefined && Math.abs(refused.at - oldest.at) > SILENT_MILLIS)
    return { lines: ordered(lines, oldest, refused), isFirst: true };
  const { encoding: _, service: __, ...rest } = refused;
  return addRefusal(lines, { ...rest, reason: OTHERS });
}

const repeated = (known: RefusedExport, refused: RefusedExport): RefusedExport => ({
  ...refused,
  firstAt: known.count === 0 ? refused.firstAt : Math.min(known.firstAt, refused.firstAt),
  count: known.count + refused.count,
});

function ordered(
  lines: readonly RefusedExport[],
  without: RefusedExport | undefined,
  added: RefusedExport,
): readonly RefusedExport[] {
  return [added, ...lines.filter((line) => line !== without)].toSorted((a, b) => b.at - a.at);
}
