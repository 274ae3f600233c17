import { count } from "../../lib/figures.ts";
import type { RecentExport, RefusedExport } from "../../session/contract/stream-events.ts";
import { exactly, timeOfDay } from "../ui/moments.ts";
import { UntrustedText } from "../ui/untrusted-text.tsx";
import { Rejected } from "./refused-note.tsx";

/** `rows`: newest first. */
export type ExportsTableProps = { readonly rows: readonly (RecentExport | RefusedExport)[] };

/** The recent exports, accepted and refused. */
export function ExportsTable({ rows }: ExportsTableProps) {
  return (
    // It scrolls, also by keys.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div class="exports-table" role="region" aria-label="Recent exports" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Received</th>
            <th scope="col">Service</th>
            <th scope="col">Signal</th>
            <th scope="col">Encoding</th>
            <th scope="col" class="number">
              Accepted
            </th>
            <th scope="col">Rejected</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${row.at}/${rows.length - index}`}>
              <td>
                <time title={exactly(row.at)}>{timeOfDay(row.at)}</time>
              </td>
              <td>{row.service === undefined ? "" : <UntrustedText text={row.service} limit={80} />}</td>
              <td>{row.signal}</td>
              <td>{row.encoding}</td>
              <td class="number">{row.signal === "metrics" ? "dropped" : count(row.accepted)}</td>
              <td>
                <Rejected row={row} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
