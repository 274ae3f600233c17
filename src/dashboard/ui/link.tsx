import type { ComponentChildren } from "preact";
import { type Address, writeAddress } from "../address/address.ts";
import { go } from "../address/location.ts";

/** A real link that is followed without reloading the page. With a modifier key the browser follows it. */
export function Link(props: {
  to: Address;
  class?: string;
  title?: string;
  current?: boolean;
  /** Needed if the link's text alone is not clear. */
  label?: string;
  tabIndex?: number;
  children: ComponentChildren;
}) {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(props.to);
  };
  return (
    <a
      href={writeAddress(props.to)}
      class={props.class}
      title={props.title}
      tabIndex={props.tabIndex}
      aria-label={props.label}
      aria-current={props.current === true ? "page" : undefined}
      onClick={follow}
    >
      {props.children}
    </a>
  );
}
