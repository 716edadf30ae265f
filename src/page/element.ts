// Elements of the document. Texts are always set as text, so no metric can bring HTML.

type Properties = Readonly<Record<string, string | boolean | undefined>>;

/** Makes an element with attributes and children. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (typeof value === 'string') made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** The element of the document with that id, which the page's HTML has. */
export function byId<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

/** Sets a text if it is another one, so that nothing is laid out again for the same text. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
