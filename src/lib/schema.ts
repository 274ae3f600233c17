/**
 * Version of all tables, keys and stored values. It is raised when any of them changes. An object of another version refuses every
 * call, and `npm start` refuses a data folder of another version.
 */
export const SCHEMA_VERSION = 8;

/** Throws if an object was written with another schema: it must not change rows that it does not know. */
export function checkSchema(written: string | undefined): void {
  if (Number(written) === SCHEMA_VERSION) return;
  throw new Error(
    `this object was written with schema ${written}; this version of the program knows schema ${SCHEMA_VERSION}`,
  );
}
