import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { isRecord } from "../../../src/lib/plain-data.ts";
import { manifestFaults } from "../../deploy/manifest-faults.ts";
import { goTool } from "./go-tool.ts";

const run = promisify(execFile);
const DEPLOY = join(import.meta.dirname, "..", "..", "..", "deploy");
const CHART = join(DEPLOY, "chart");
const PLAIN = join(DEPLOY, "manifests", "spanfold.yaml");

const { program: helm, missing } = await goTool("helm", "v3.22.0", "helm.sh/helm/v3/cmd/helm", "not built");
if (missing !== undefined) console.warn(`The chart is not rendered: ${missing}`);

/** A build from modules takes the cluster for one of years ago. */
const CLUSTER = ["--kube-version", "1.30.0"];

async function render(...args: readonly string[]): Promise<string> {
  const release = ["template", "spanfold", CHART, "--namespace", "spanfold"];
  const { stdout } = await run(helm, [...release, ...CLUSTER, ...args]);
  return stdout;
}

function documentsIn(text: string): readonly Record<string, unknown>[] {
  const documents = parseAllDocuments(text);
  return (Array.isArray(documents) ? documents : []).flatMap((document) => {
    expect(document.errors).toEqual([]);
    const value: unknown = document.toJS();
    return isRecord(value) ? [value] : [];
  });
}

const named = (documents: readonly Record<string, unknown>[]): readonly string[] =>
  documents.map(({ kind, metadata }) => `${String(kind)} ${String(isRecord(metadata) ? metadata["name"] : "")}`);

test.skipIf(missing !== undefined)("the chart is valid with every value", async () => {
  await run(helm, ["lint", "--strict", CHART, ...CLUSTER]);
  const all = [
    "--set-string=nameOverride=other,image.tag=2,imagePullSecrets[0].name=registry,env.RETENTION_DAYS=14,storage.className=fast",
    "--set=podAnnotations.a=b,podLabels.c=d,nodeSelector.e=f,tolerations[0].operator=Exists,service.annotations.g=h",
    "--set=affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight=1",
    "--set=affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].key=a",
    "--set=affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].operator=Exists",
    "--set=ingress.enabled=true,ingress.host=spanfold.example.com,ingress.className=nginx,ingress.annotations.i=j",
    "--set=ingress.tlsSecretName=tls,discover.ownNamespaceOnly=true",
  ];
  const renderings = [documentsIn(await render()), documentsIn(await render(...all))];
  for (const documents of renderings) expect((await Promise.all(documents.map(manifestFaults))).flat()).toEqual([]);
  expect(renderings.map((documents) => named(documents).toSorted())).toEqual([
    [
      "ClusterRole spanfold-spanfold-discover",
      "ClusterRoleBinding spanfold-spanfold-discover",
      "Deployment spanfold-discover",
      "Service spanfold",
      "ServiceAccount spanfold-discover",
      "StatefulSet spanfold",
    ],
    [
      "Deployment spanfold-other-discover",
      "Ingress spanfold-other",
      "Role spanfold-other-discover",
      "RoleBinding spanfold-other-discover",
      "Service spanfold-other",
      "ServiceAccount spanfold-other-discover",
      "StatefulSet spanfold-other",
    ],
  ]);
  expect(named(documentsIn(await render("--set=discover.enabled=false")))).toEqual([
    "Service spanfold",
    "StatefulSet spanfold",
  ]);
  await expect(render("--set=storage.siez=1Gi")).rejects.toThrow(/siez/);
});

test.skipIf(missing !== undefined)("the plain manifests are what the chart is without values", async () => {
  const rendered = (await render())
    .replaceAll(/^# Source: .*\n/gm, "")
    .replaceAll(/^ +app\.kubernetes\.io\/managed-by: Helm\n/gm, "");
  const head = `# Spanfold and its watcher of upstreams. Made of deploy/chart, which has settings: UPDATE_MANIFESTS=1 npm run test:sinks -- chart
# The Secret spanfold has to exist: kubectl -n spanfold create secret generic spanfold --from-literal=ADMIN_TOKEN="$(openssl rand -hex 24)"
apiVersion: v1
kind: Namespace
metadata:
  name: spanfold
`;
  if (process.env["UPDATE_MANIFESTS"] !== undefined) await writeFile(PLAIN, `${head}${rendered.trimEnd()}\n`);
  expect(documentsIn(await readFile(PLAIN, "utf8"))).toEqual(documentsIn(`${head}${rendered}`));
});
