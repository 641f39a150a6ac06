"""How the parts of the page Runs look."""

CSS = """
.rn-scroll { overflow-x: auto; }
.rn-scroll:focus-visible { outline: 3px solid var(--cnn-input); outline-offset: 2px; }
.rn-table { border-collapse: collapse; margin: 0; font-variant-numeric: tabular-nums; }
.rn-table caption { position: absolute; width: 1px; height: 1px; overflow: hidden; }
.rn-table th, .rn-table td { padding: 0.3rem 1.2rem 0.3rem 0.3rem; border: 0; border-bottom: 1px solid var(--cnn-line);
  text-align: left; font-weight: 400; vertical-align: baseline; }
.rn-table thead th { color: var(--cnn-muted); max-width: clamp(7rem, 22vw, 15rem); word-break: keep-all; }
.rn-table tbody :is(th, td) { white-space: nowrap; }
.rn-table tbody th { color: var(--cnn-muted); }
.rn-table td.rn-number, .rn-table th.rn-number { text-align: right; }
.rn-differs td { font-weight: 650; }
.rn-differs td.rn-odd { background: color-mix(in srgb, var(--cnn-kernel) 16%, transparent); }
.rn-table td b { font-weight: 650; }
.rn-table .rn-best { color: var(--cnn-test); font-weight: 650; }
.rn-line { display: inline-block; width: 26px; height: 10px; margin-right: 0.4rem; vertical-align: 0; }
.rn-say { margin: 0.1rem 0 0.6rem; max-width: 68ch; }
.rn-say b { font-weight: 650; }
.rn-place { color: var(--cnn-muted); }
.rn-tr-mine td, .rn-tr-mine th { background: var(--cnn-surface); }
.rn-bars { display: grid; grid-template-columns: max-content minmax(4rem, 22rem) max-content; gap: 0.45rem 0.9rem;
  align-items: center; margin: 0.2rem 0 0.8rem; font-variant-numeric: tabular-nums; }
.rn-bars i { display: block; height: 0.85rem; min-width: 2px; border-radius: 0.2rem; background: var(--cnn-output); }
.rn-bars i + span { color: var(--cnn-muted); }
.rn-facts { display: flex; flex-wrap: wrap; gap: 0.4rem 1.8rem; margin: 0; }
dl.rn-facts { padding: 0 !important; }
.rn-facts dt { color: var(--cnn-muted); font-size: 0.92rem; }
.rn-facts dd { margin: 0; font-size: 1.3rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.rn-invitation { display: grid; place-items: center; min-height: 16rem; margin: 0; padding: 2rem; text-align: center;
  border: 2px dashed var(--cnn-line); border-radius: 0.75rem; color: var(--cnn-muted); font-size: 1.15rem;
  text-wrap: balance; }
.st-key-runs_sweep_form [data-testid="stHorizontalBlock"] > * { min-width: 0; flex: 1 1 0; }
[data-stale="true"] { opacity: 1 !important; } /* what is drawn anew every few seconds must not fade each time */
"""
