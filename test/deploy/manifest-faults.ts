import { isRecord } from "../../src/lib/plain-data.ts";

type Model = new (data: object) => { validate(): void };

/**
 * What is wrong with a manifest by the API's schema of its kind. The schemas let unknown fields pass, which a cluster refuses or drops:
 * a field that may have a value of any type is in no schema.
 */
export async function manifestFaults(manifest: unknown): Promise<readonly string[]> {
  if (!isRecord(manifest)) return ["it is no object"];
  const { apiVersion, kind } = manifest;
  const model = await modelOf(String(apiVersion), String(kind));
  if (model === undefined) return [`there is no kind ${String(kind)} in ${String(apiVersion)}`];
  const fault = faultOf(model, manifest);
  if (fault !== undefined) return [fault];
  const unknown = [...pathsOf(manifest)].filter((path) =>
    OTHERS.every((other) => faultOf(model, replaced(manifest, path, other)) === undefined),
  );
  return unknown.map((path) => `${path.join(".")} is no field of ${String(kind)}`);
}

const OTHERS: readonly unknown[] = [true, 7.5, "no such text", { 0: 0 }, [[0]]];

async function modelOf(apiVersion: string, kind: string): Promise<Model | undefined> {
  try {
    const module = (await import(/* @vite-ignore */ `kubernetes-models/${apiVersion}/${kind}`)) as Readonly<
      Record<string, Model>
    >;
    return module[kind];
  } catch {
    return undefined;
  }
}

function faultOf(model: Model, manifest: object): string | undefined {
  try {
    new model(manifest).validate();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Path = readonly (string | number)[];

function* pathsOf(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value))
    yield* pathsOf(child, [...path, Array.isArray(value) ? Number(key) : key]);
}

function replaced(value: unknown, [key, ...rest]: Path, other: unknown): object {
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<
    string | number,
    unknown
  >;
  if (key !== undefined) copy[key] = rest.length === 0 ? other : replaced(copy[key], rest, other);
  return copy;
}
