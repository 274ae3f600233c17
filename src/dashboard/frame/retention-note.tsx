import { Sign } from "../ui/icons.tsx";
import { now } from "../clock.ts";
import { exactly } from "../ui/moments.ts";
import { forgottenAt, keptWords, type RetentionTold, roomWarning, roomWords, soonWords } from "./retention.ts";

/** For how long sessions are kept, and whether there is room: at the foot of the list. */
export function KeptNote({ told }: { told: RetentionTold | undefined }) {
  if (told === undefined) return null;
  const warning = roomWarning(told);
  const room = roomWords(told);
  return (
    <span class="kept" title={room === "" ? undefined : `${room} used`}>
      {warning === "" ? null : (
        <span class="kept-warning">
          <Sign name="odd" />
          {warning}
        </span>
      )}
      {keptWords(told, now.value)}
    </span>
  );
}

/** Beside a session's status, when it is forgotten soon. */
export function SoonForgotten({ told, now: present }: { told: RetentionTold | undefined; now: number }) {
  const words = told === undefined ? "" : soonWords(told, present);
  const at = told === undefined ? undefined : forgottenAt(told);
  if (words === "" || at === undefined) return null;
  return (
    <span class="kept-warning" title={`At ${exactly(at)} its oldest trace is due, unless it is heard of again`}>
      <Sign name="odd" />
      {words}
    </span>
  );
}
