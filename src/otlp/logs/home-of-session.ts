import { createHash } from "node:crypto";

/**
 * The trace id that stands for a session among records that name a session and no trace: they have one home, which is
 * bound to the session as that of any trace is. The prefix keeps it from meaning anything else.
 */
export function homeOfSession(name: string): string {
  return createHash("sha256").update(`spanfold session logs\n${name}`).digest("hex").slice(0, 32);
}
