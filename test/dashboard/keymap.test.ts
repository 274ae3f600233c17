import { expect, test } from "vitest";
import * as keymaps from "../../src/dashboard/keymap.ts";
import { actionOf, keyOf, keyWords, LIST_KEYS, REPLAY_KEYS, SESSION_KEYS } from "../../src/dashboard/keymap.ts";
import { SHORTCUTS } from "../../src/dashboard/shortcut-groups.ts";

const press = (key: string, shiftKey = false) => ({ key, shiftKey });

test("a key has the action of its map, and none in others", () => {
  expect([actionOf(LIST_KEYS, press("j")), actionOf(LIST_KEYS, press("ArrowDown"))]).toEqual(["next", "next"]);
  expect(actionOf(REPLAY_KEYS, press("j"))).toBe(undefined);
  expect(actionOf(REPLAY_KEYS, press(" "))).toBe("toggle");
});

test("Shift chooses an action only where the map says so", () => {
  expect([actionOf(REPLAY_KEYS, press("ArrowLeft", true)), actionOf(REPLAY_KEYS, press("ArrowLeft"))]).toEqual([
    "back",
    undefined,
  ]);
  expect(actionOf(LIST_KEYS, press("ArrowDown", true))).toBe("next");
  expect([actionOf(SESSION_KEYS, press("F", true)), actionOf(SESSION_KEYS, press("f"))]).toEqual(["follow", "widen"]);
});

test("the list of shortcuts shows each key once in its group, in the words of a keyboard", () => {
  for (const [title, maps] of SHORTCUTS) {
    const names = maps.flat().flatMap(({ keys }) => Object.keys(keys).flatMap((names) => names.split(" ")));
    expect(names, title).toEqual([...new Set(names)]);
  }
  const lines = SHORTCUTS.flatMap(([title, maps]) => [
    title,
    ...maps.flat().map(({ words, keys }) => `  ${Object.keys(keys).map(keyWords).join(" · ")}: ${words}`),
  ]);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "Everywhere
      ?: These shortcuts
      Space: Pause or resume the stream
      Esc: Close the panel or dialog
    Sessions
      ↓ j · ↑ k: Next, previous session
      Home · End: First, last session
      Enter: Open the session
      . Esc: Show new sessions
      /: Search
    A session
      1: Transcript
      2: Timeline
      3: Steps
      4: Logs
      ↓ j · ↑ k: Next, previous row
      Page ↓ · Page ↑: 20 rows down, up
      Home · End: First, last row
      → l · ← h: Expand, collapse or go to the parent
      - · + =: Collapse all, expand all
      e · E: Next, previous error
      ] · [: Next, previous step of the same kind
      n · N: Next, previous hit of the search
      o: Open or fold the step in the transcript
      m: Markdown or raw text in the transcript
      Enter: Open the span or log record
      v: As it was sent, or back, in the panel
      /: Search
      z: Zoom to the span
      0: Zoom out
      f: Widen the panel
      F: Follow the newest step
      r: Replay, or back to live
      u: Back to the sessions
    A timeline
      w · s: Zoom in, out
      a · d: Earlier, later
      c: Critical path
    A replay
      Space: Play or pause
      < · >: Slower, faster
      Shift ← · Shift →: Back, forward by 5 %
      r: Back to live"
  `);
});

test("each map is in the list of shortcuts", () => {
  const listed = new Set(SHORTCUTS.flatMap(([, maps]) => maps));
  const missing = Object.entries(keymaps).filter(([, map]) => Array.isArray(map) && !listed.has(map as never));
  expect(missing.map(([name]) => name)).toEqual([]);
});

test("the title of a button names the key of its action", () => {
  expect([keyOf(SESSION_KEYS, "follow"), keyOf(REPLAY_KEYS, "toggle")]).toEqual(["F", "Space"]);
});
