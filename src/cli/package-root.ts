import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder of this package: that of the clone, or that in `node_modules`. `from`: the folder of a file in it, built or not. */
export function packageRoot(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, "package.json"))) {
    if (dirname(folder) === folder) throw new Error(`No folder above ${from} has a package.json`);
    folder = dirname(folder);
  }
  return folder;
}
