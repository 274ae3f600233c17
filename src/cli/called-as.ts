/** The commands that a person types to call this program again, for messages. */
export type CalledAs = { readonly start: string; readonly demo: (options: string) => string };

export const IN_CLONE: CalledAs = {
  start: "npm start",
  demo: (options) => (options === "" ? "npm run demo" : `npm run demo -- ${options}`),
};

export const IN_PACKAGE: CalledAs = {
  start: "npx spanfold",
  demo: (options) => `npx spanfold demo ${options}`.trimEnd(),
};

/** By the kind of this file: the package has its sources built. */
export const calledAs: CalledAs = import.meta.filename.endsWith(".ts") ? IN_CLONE : IN_PACKAGE;
