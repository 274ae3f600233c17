import {
  CLOSE_KEYS,
  HELP_KEYS,
  HIT_KEYS,
  LANE_KEYS,
  LIST_KEYS,
  OPEN_KEYS,
  PANEL_KEYS,
  READING_KEYS,
  REPLAY_KEYS,
  ROW_KEYS,
  SEARCH_KEYS,
  SESSION_KEYS,
  STEP_KEYS,
  STREAM_KEYS,
  TRANSCRIPT_KEYS,
  TREE_KEYS,
  type Keymap,
} from "./keymap.ts";

/** The list of shortcuts: titles and their maps. */
export const SHORTCUTS: readonly (readonly [string, readonly Keymap<string>[]])[] = [
  ["Everywhere", [HELP_KEYS, STREAM_KEYS, CLOSE_KEYS]],
  ["Sessions", [LIST_KEYS, SEARCH_KEYS]],
  [
    "A session",
    [
      READING_KEYS,
      ROW_KEYS,
      TREE_KEYS,
      STEP_KEYS,
      HIT_KEYS,
      TRANSCRIPT_KEYS,
      OPEN_KEYS,
      PANEL_KEYS,
      SEARCH_KEYS,
      SESSION_KEYS,
    ],
  ],
  ["A timeline", [LANE_KEYS]],
  ["A replay", [REPLAY_KEYS]],
];
