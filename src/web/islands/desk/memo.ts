import { Component, type ComponentChild, type FunctionComponent, h } from 'preact';

/** Returns a component that is rendered again only where its properties differ by `same`. */
export function memo<Props extends object>(
  Inner: FunctionComponent<Props>,
  same: (before: Props, after: Props) => boolean,
): new (props: Props) => Component<Props> {
  return class extends Component<Props> {
    override shouldComponentUpdate(next: Props): boolean {
      return !same(this.props, next);
    }

    override render(props: Props): ComponentChild {
      return h(Inner, props);
    }
  };
}
