// As much of a document as makes SVG elements: for modules whose arithmetic ends in elements. Knows no layout.
globalThis.document = {
  createElementNS(_namespace, name) {
    const attributes = new Map();
    return {
      name,
      children: [],
      textContent: "",
      setAttribute: (key, value) => attributes.set(key, String(value)),
      getAttribute: (key) => attributes.get(key) ?? null,
      append(...children) {
        this.children.push(...children);
      },
    };
  },
};
