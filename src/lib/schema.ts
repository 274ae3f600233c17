/**
 * Version of all tables, keys and stored values. It is raised when any of them changes. An object of a later version, or of one from
 * before the first release, refuses every call, and `npm start` refuses such a data folder.
 */
export const SCHEMA_VERSION = 9;

/** The first of which data is opened: that of release 0.2.0. */
export const FIRST_SCHEMA = 8;

/** The steps of one class of objects, by the version that they lead to: SQL. A version that changed nothing there has none. */
export type SchemaSteps = Readonly<Record<number, string>>;

/** Whether this version of the program opens data of a schema. */
export function canOpen(written: string | undefined): boolean {
  const version = Number(written);
  return Number.isInteger(version) && version >= FIRST_SCHEMA && version <= SCHEMA_VERSION;
}

/** SQL that leads from the schema of an object's tables to the present one. Throws if there is no way: it must not change rows that it does not know. */
export function stepsFrom(written: string | undefined, steps: SchemaSteps): string[] {
  if (!canOpen(written))
    throw new Error(
      `this object was written with schema ${written}; this version of the program knows schema ${FIRST_SCHEMA} to ${SCHEMA_VERSION}`,
    );
  const taken: string[] = [];
  for (let version = Number(written) + 1; version <= SCHEMA_VERSION; version++) taken.push(steps[version] ?? "");
  return taken;
}
