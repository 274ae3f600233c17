import type { ComponentChildren } from "preact";
import { IS_READ_ONLY } from "../address/address.ts";
import { Link } from "../ui/link.tsx";
import { Logo, Icon } from "../ui/icons.tsx";
import { HELP_KEYS, keyOf } from "../keymap.ts";
import { showShortcuts } from "../keys.tsx";
import type { Stream } from "../stream/stream.ts";
import { StreamStatus } from "../stream/stream-status.tsx";
import { TokenButton } from "./token.tsx";

const OVERVIEW = { page: "overview" } as const;

/** The header of every page: logo, breadcrumb, state of the stream. */
export function Masthead(props: {
  stream?: Stream | undefined;
  /** Shown instead of the stream's state. */
  status?: ComponentChildren;
  /** What can be done with what the page shows. */
  actions?: ComponentChildren;
  children?: ComponentChildren;
}) {
  const { stream, status, actions, children } = props;
  return (
    <header class="masthead">
      <Link class="brand" to={OVERVIEW} label="Spanfold">
        <Logo />
        <span>Spanfold</span>
      </Link>
      <nav class="crumbs" aria-label="Breadcrumb">
        {IS_READ_ONLY ? <span>Own traces</span> : null}
        {children}
      </nav>
      {status ?? (stream === undefined ? null : <StreamStatus stream={stream} />)}
      {actions}
      <TokenButton />
      <button
        type="button"
        class="button bare"
        title={`Keyboard shortcuts (${keyOf(HELP_KEYS, "help")})`}
        aria-label="Keyboard shortcuts"
        onClick={showShortcuts}
      >
        <Icon name="keys" />
      </button>
    </header>
  );
}
