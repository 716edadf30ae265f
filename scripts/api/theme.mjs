// The form of docs/api: the Markdown theme of typedoc without repetitions.
import { MarkdownTheme, MarkdownThemeContext } from 'typedoc-plugin-markdown';

/** The name of the theme. */
export const NAME = 'brief';

/** The title of a member shows its types. Inherited members are in full here, or under a documented base class. */
class BriefContext extends MarkdownThemeContext {
  partials = {
    ...this.partials,
    signatureReturns: () => '',
    inheritance: () => '',
    hierarchy: () => '',
  };
}

/** The theme itself. */
export class BriefTheme extends MarkdownTheme {
  getRenderContext(page) {
    return new BriefContext(this, page, this.application.options);
  }
}
