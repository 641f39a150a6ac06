"""How the parts of the page Networks look."""

CSS = """
.nw-figures { display: flex; flex-wrap: wrap; gap: 0.4rem 2rem; margin: 0; }
dl.nw-figures { padding: 0 !important; } /* Streamlit indents lists */
.nw-figures dt { color: var(--cnn-muted); font-size: 0.92rem; }
.nw-figures dd { margin: 0; font-size: 1.4rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.nw-figures dd i { font-style: normal; font-size: 0.95rem; color: var(--cnn-muted); }
.nw-source { color: var(--cnn-muted); font-size: 0.92rem; margin: 0.2rem 0 0; }
.nw-scroll { overflow: auto; max-height: 36rem; border-bottom: 1px solid var(--cnn-line); }
.nw-scroll:focus-visible { outline: 3px solid var(--cnn-input); outline-offset: 2px; }
.nw-table { border-collapse: separate; border-spacing: 0; width: 100%; margin: 0; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.nw-table caption { position: absolute; width: 1px; height: 1px; overflow: hidden; }
.nw-table th, .nw-table td { border: 0; border-bottom: 1px solid var(--cnn-line); padding: 0.26rem 0.9rem 0.26rem 0;
  text-align: right; font-weight: 400; }
.nw-table th:first-child, .nw-table td.nw-left { text-align: left; }
.nw-table thead th { position: sticky; top: 0; background: var(--cnn-background); color: var(--cnn-muted);
  font-size: 0.95rem; z-index: 1; }
.nw-table tfoot th, .nw-table tfoot td { position: sticky; bottom: 0; background: var(--cnn-background);
  font-weight: 700; border-top: 2px solid var(--cnn-text); border-bottom: 0; }
.nw-table i { font-style: normal; color: var(--cnn-muted); }
.nw-table tr.nw-on th, .nw-table tr.nw-on td { background: var(--cnn-surface); font-weight: 650; }
.nw-bar { display: inline-block; vertical-align: middle; width: 4rem; height: 0.7rem; margin-left: 0.5rem;
  text-align: left; line-height: 0; }
.nw-bar b { display: block; height: 100%; }
.nw-bar .nw-weights { background: var(--cnn-kernel); } .nw-bar .nw-work { background: var(--cnn-output); }
@media (max-width: 640px) {
  .nw-table tbody th i { display: none; }
  .nw-table th:first-child { position: sticky; left: 0; z-index: 2; background: var(--cnn-background);
    white-space: normal; overflow-wrap: anywhere; min-width: 6.5rem; max-width: 8rem; }
}
.nw-facts { display: grid; grid-template-columns: auto 1fr; gap: 0.25rem 1.25rem; margin: 0; }
dl.nw-facts { padding: 0 !important; }
.nw-facts dt { color: var(--cnn-muted); } .nw-facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.nw-verdict { font-size: 1.15rem; margin: 0.25rem 0 0.75rem; max-width: 68ch; }
.nw-field { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; }
.nw-field figure { margin: 0; max-width: 100%; } .nw-field figcaption { color: var(--cnn-muted); font-size: 0.92rem;
  max-width: 24rem; margin-top: 0.4rem; }
.nw-field img { display: block; max-width: 100%; height: auto; }
.cv-scroll { overflow-x: auto; margin: 0.75rem 0; }
.cv-scroll table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0; }
.cv-scroll caption { text-align: left; font-weight: 600; padding: 0 0 0.3rem; color: inherit; }
.cv-scroll th, .cv-scroll td { padding: 0.35rem 2rem 0.35rem 0; border: 0; border-bottom: 1px solid var(--cnn-line);
  text-align: left; font-weight: 400; }
.cv-scroll thead th { color: var(--cnn-muted); }
.st-key-networks_shape > * { min-width: 8rem; }
"""
