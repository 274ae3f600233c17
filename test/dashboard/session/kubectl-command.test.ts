import { expect, test } from "vitest";
import { kubectlCommand, nextName } from "../../../src/dashboard/session/rerun/kubectl-command.ts";

test("a manifest is passed to kubectl unchanged", () => {
  expect(kubectlCommand("kind: Query\n")).toBe("kubectl apply -f - <<'QUERY'\nkind: Query\nQUERY\n");
  expect(kubectlCommand("kind: Query")).toBe("kubectl apply -f - <<'QUERY'\nkind: Query\nQUERY\n");
});

test("a line of the manifest cannot end it and begin a command", () => {
  const malicious = "input: |\nQUERY\nQUERY_\nrm -rf /\n";
  expect(kubectlCommand(malicious)).toBe(`kubectl apply -f - <<'QUERY__'\n${malicious}QUERY__\n`);
});

test("the next name has the next number, and is valid in Kubernetes", () => {
  expect(["plan-trip", "plan-trip-2", "plan-trip-9", "v-2-b"].map(nextName)).toEqual([
    "plan-trip-2",
    "plan-trip-3",
    "plan-trip-10",
    "v-2-b-2",
  ]);
  expect(nextName("a".repeat(253))).toBe(`${"a".repeat(251)}-2`);
});
