import { Icon } from "../ui/icons.tsx";
import { now } from "../clock.ts";
import { useClocked } from "../ui/clocks.tsx";
import { exactly } from "../ui/moments.ts";
import {
  expiresAt,
  retentionWords,
  type KnownRetention,
  storageWarning,
  storageWords,
  expiryWords,
} from "./retention.ts";
import "./retention.css";

/** The retention period and a warning when storage is nearly full, in the footer of the list. */
export function RetentionNote({ retention }: { retention: KnownRetention | undefined }) {
  const words = useClocked(() => (retention === undefined ? "" : retentionWords(retention, now.value)), [retention]);
  if (retention === undefined) return null;
  const warning = storageWarning(retention);
  const storage = storageWords(retention);
  return (
    <span class="retention" title={storage === "" ? undefined : `${storage} used`}>
      {warning === "" ? null : (
        <span class="retention-warning">
          <Icon name="warning" />
          {warning}
        </span>
      )}
      {words}
    </span>
  );
}

/** Beside the status of a session that expires soon. */
export function ExpiryWarning({ retention, now: present }: { retention: KnownRetention | undefined; now: number }) {
  const words = retention === undefined ? "" : expiryWords(retention, present);
  const at = retention === undefined ? undefined : expiresAt(retention);
  if (words === "" || at === undefined) return null;
  return (
    <span class="retention-warning" title={`Its oldest trace expires at ${exactly(at)}, unless new data arrives`}>
      <Icon name="warning" />
      {words}
    </span>
  );
}
