import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["firefox-esr", "firefox"];
const MAC = "/Applications/Firefox.app/Contents/MacOS/firefox";

/** The machine's own Firefox, or FIREFOX from the environment; `undefined`: there is none. */
export function findFirefox(): string | undefined {
  const { FIREFOX, PATH = "" } = process.env;
  if (FIREFOX !== undefined) return FIREFOX;
  const places = PATH.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...places, MAC].find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
