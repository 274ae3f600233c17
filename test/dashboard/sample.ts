import * as v from "valibot";

/** Each form of text that a schema asks for: a count in decimal, ids of spans and traces, a version. */
const TEXTS = ["1", "a".repeat(16), "a".repeat(32), "1.1"];
const NUMBERS = [1, 400];

type Entries = Readonly<Record<string, v.GenericSchema>>;

/** A value that the schema accepts, with every field, or with the required ones only. */
export function sampleOf<Schema extends v.GenericSchema>(
  schema: Schema,
  fields: "all" | "required",
): v.InferOutput<Schema> {
  const value = build(schema, fields);
  return v.parse(schema, value);
}

function build(schema: v.GenericSchema, fields: "all" | "required"): unknown {
  switch (schema.type) {
    case "object":
      return Object.fromEntries(
        Object.entries(Reflect.get(schema, "entries") as Entries)
          .filter(([, { type }]) => fields === "all" || type !== "exact_optional")
          .map(([key, entry]) => [key, build(entry, fields)]),
      );
    case "array":
      return [build(Reflect.get(schema, "item") as v.GenericSchema, fields)];
    case "exact_optional":
      return build(Reflect.get(schema, "wrapped") as v.GenericSchema, fields);
    case "picklist":
    case "variant":
    case "union": {
      const [first] = Reflect.get(schema, "options") as readonly unknown[];
      return typeof first === "object" ? build(first as v.GenericSchema, fields) : first;
    }
    case "literal":
      return Reflect.get(schema, "literal");
    case "boolean":
      return true;
    // A value that may contain itself.
    case "lazy":
      return build((Reflect.get(schema, "getter") as () => v.GenericSchema)(), "required");
    case "unknown":
      return "anything";
    default: {
      const found = [...TEXTS, ...NUMBERS].find((value) => v.is(schema, value));
      if (found === undefined) throw new Error(`there is no sample for ${schema.type}`);
      return found;
    }
  }
}
