/** A command that applies a manifest unchanged: the shell interprets nothing in it. */
export function kubectlCommand(manifest: string): string {
  const lines = new Set(manifest.split("\n"));
  let end = "QUERY";
  while (lines.has(end)) end += "_";
  return `kubectl apply -f - <<'${end}'\n${manifest.endsWith("\n") ? manifest : `${manifest}\n`}${end}\n`;
}

/** A new name, because the query's own object may still exist: "plan-trip-2", then "plan-trip-3". */
export function nextName(name: string): string {
  const [, base = name, number] = /^(.*)-(\d{1,6})$/.exec(name) ?? [];
  const suffix = `-${Number(number ?? 1) + 1}`;
  // Kubernetes accepts no longer name.
  return `${base.slice(0, 253 - suffix.length)}${suffix}`;
}
