import { expect, test } from "vitest";
import { badgeIcon, titleWith } from "../../../src/dashboard/frame/tab-words.ts";

test("the title says what waits and what failed", () => {
  const title = (waiting: number, failed: number) => titleWith("Sessions", { waiting, failed });
  expect([title(0, 0), title(2, 0), title(2, 1), title(0, 3)]).toEqual([
    "Sessions",
    "(2 waiting) Sessions",
    "(2 waiting, 1 failed) Sessions",
    "(3 failed) Sessions",
  ]);
});

test("the icon has their number, in at most two digits", () => {
  const digits = (waiting: number, failed: number) =>
    />(\d+)</.exec(decodeURIComponent(badgeIcon({ waiting, failed }) ?? ""))?.[1];
  expect([digits(0, 0), digits(1, 2), digits(400, 0)]).toEqual([undefined, "3", "99"]);
});
