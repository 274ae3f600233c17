import { cpus } from "node:os";
import type { Figure, Section } from "./figure.ts";

export function printSection({ bench, title, figures }: Section): string {
  const rows = figures.map((figure) => [figure.name, amount(figure), verdict(figure), figure.detail ?? ""]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map(([name = "", value = "", met = "", detail = ""]) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)}  ${met.padEnd(widths[2] ?? 0)}  ${detail}`.trimEnd(),
  );
  return [`(${bench}) ${title}`, ...lines, ""].join("\n");
}

/** README's table. */
export function printMarkdown(sections: readonly Section[]): string {
  const rows = sections.flatMap(({ figures }) =>
    figures.map((figure) => `| ${figure.name} | ${amount(figure)} | ${figure.detail ?? ""} |`),
  );
  return ["| | measured | |", "|---|---:|---|", ...rows, ""].join("\n");
}

/** Where it was measured: figures of another machine don't compare, ratios do. */
export function machine(): string {
  const all = cpus();
  return `${all.length} × ${all[0]?.model.trim() ?? "processor"}, Node ${process.version}, ${process.platform}`;
}

function amount({ value, unit }: Figure): string {
  if (unit === "$") return `$${value.toFixed(value < 0.1 ? 4 : 2)}`;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const shown = value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === "" ? shown : `${shown} ${unit}`;
}

function verdict({ value, target }: Figure): string {
  if (target === undefined) return "";
  return value >= target ? `reaches ${target}` : `misses ${target}`;
}
