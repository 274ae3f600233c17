import { expect, test } from "vitest";
import { specFaults } from "../../.ci/spec.ts";

const SPEC = "# Specification\n\n- **ID-1** A span is a span.\n- **ID-2** A trace is a trace.\n";

const faultsOf = (text: string, spec = SPEC) => specFaults(spec, new Map([["test/a.test.ts", text]]));

test("each rule is cited, also several above one test", () => {
  expect(faultsOf('  // spec: ID-1, ID-2\n  test("a", () => {});')).toEqual([]);
});

test("a rule without a test, a citation without a rule, a number used twice and a malformed list are faults", () => {
  expect(faultsOf("// spec: ID-1")).toEqual(["docs/spec.md: no test cites ID-2"]);
  expect(faultsOf("// spec: ID-1, ID-2, ID-3")).toEqual(["test/a.test.ts: ID-3 is not in docs/spec.md"]);
  expect(faultsOf("// spec: ID-1, ID-2", `${SPEC}- **ID-2** Again.\n`)).toEqual(["docs/spec.md: ID-2 stands twice"]);
  expect(faultsOf("// spec: ID-1, ID-2\n// spec: ID-1 and more")).toEqual([
    'test/a.test.ts: "ID-1 and more" is no list of rules such as ID-3, ID-4',
  ]);
});
