/** A command that gives a manifest to Kubernetes as it stands: nothing in it is the shell's. */
export function kubectlCommand(manifest: string): string {
  const lines = new Set(manifest.split("\n"));
  let end = "QUERY";
  while (lines.has(end)) end += "_";
  return `kubectl apply -f - <<'${end}'\n${manifest.endsWith("\n") ? manifest : `${manifest}\n`}${end}\n`;
}

/** Another name than the query's own, whose object may still be there: "plan-trip-2", and "plan-trip-3" after that. */
export function nextName(name: string): string {
  const [, base = name, number] = /^(.*)-(\d{1,6})$/.exec(name) ?? [];
  const suffix = `-${Number(number ?? 1) + 1}`;
  // Kubernetes takes no longer name.
  return `${base.slice(0, 253 - suffix.length)}${suffix}`;
}
