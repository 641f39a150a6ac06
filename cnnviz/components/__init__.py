"""Browser components as plain ES modules: `<name>/index.js`, `style.css`, `index.html`; shared code in `shared/`."""
