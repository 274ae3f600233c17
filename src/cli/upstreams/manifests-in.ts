import { readFile } from "node:fs/promises";
import { text as allOf } from "node:stream/consumers";
import { isRecord, type PlainRecord } from "../../lib/plain-data.ts";
import {
  isManifest,
  MANIFEST_NAME,
  type ManifestVariables,
  metadataOf,
  readEnvironmentManifest,
} from "../../otel/environment-manifest.ts";
import { CommandError } from "../dispatch.ts";
import { FAILED } from "../server/exit-codes.ts";

/**
 * The Secrets and ConfigMaps named `otel-environment-variables` in a file of YAML or JSON, or in the standard input (`-`): documents,
 * and the items of lists. `namespace` is that of objects without one. Other objects are left out.
 */
export async function manifestsIn(file: string, namespace: string | undefined): Promise<readonly ManifestVariables[]> {
  const text = file === "-" ? await allOf(process.stdin) : await readFile(file, "utf8");
  const name = file === "-" ? "The standard input" : file;
  const found = (await documentsIn(text, name)).flatMap(withItems).filter(isEnvironment);
  if (found.length === 0) throw new CommandError(`${name} has no Secret or ConfigMap named ${MANIFEST_NAME}.`, FAILED);
  return found.map((manifest) => {
    const metadata = metadataOf(manifest) ?? {};
    const read = readEnvironmentManifest({ ...manifest, metadata: { namespace, ...metadata } });
    if (read.ok) return read;
    const help = "namespace" in metadata ? "" : " --namespace gives it one.";
    throw new CommandError(`${name}: ${read.error}.${help}`, FAILED);
  });
}

async function documentsIn(text: string, name: string): Promise<readonly unknown[]> {
  const { parseAllDocuments } = await import("yaml");
  const documents = parseAllDocuments(text);
  return (Array.isArray(documents) ? documents : []).map((document) => {
    const [error] = document.errors;
    // The parser's own message quotes the file, which holds credentials.
    if (error !== undefined) {
      const line = error.linePos?.[0].line;
      const code = error.code.toLowerCase().replaceAll("_", " ");
      throw new CommandError(`${name} is no YAML: ${code}${line === undefined ? "" : ` in line ${line}`}.`, FAILED);
    }
    return document.toJS() as unknown;
  });
}

function withItems(document: unknown): readonly unknown[] {
  const items = isRecord(document) && document["kind"] === "List" ? document["items"] : undefined;
  return Array.isArray(items) ? (items as unknown[]) : [document];
}

function isEnvironment(object: unknown): object is PlainRecord {
  return isManifest(object) && metadataOf(object)?.["name"] === MANIFEST_NAME;
}
