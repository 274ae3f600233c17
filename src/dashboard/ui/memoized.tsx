import { Component, type ComponentType, type FunctionComponent } from "preact";

/** A part of the page that renders again only if one of its properties is another value, or a signal that it reads changes. */
export function memoized<Props extends object>(Part: FunctionComponent<Props>): ComponentType<Props> {
  class Memoized extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return Object.keys(next).some((name) => Reflect.get(next, name) !== Reflect.get(this.props, name));
    }

    override render() {
      return <Part {...this.props} />;
    }
  }
  return Memoized;
}
