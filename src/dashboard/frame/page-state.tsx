import type { ComponentChildren } from "preact";
import { Logo } from "../ui/icons.tsx";
import { Link } from "../ui/link.tsx";
import { WHOLE_LIST } from "../address/list-view.ts";

/** A message in place of the rows. */
export function Notice({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <Logo />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export const Loading = ({ what }: { what: string }) => (
  <div class="loading" role="status">
    <span class="loading-bars" aria-hidden="true">
      <i />
      <i />
      <i />
      <i />
    </span>
    {`Loading ${what}`}
  </div>
);

export const ToSessions = () => (
  <Link class="button" to={{ page: "list", view: WHOLE_LIST }}>
    All sessions
  </Link>
);
