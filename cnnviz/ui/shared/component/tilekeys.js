// Keys of a sheet of tiles: one stop of the tab key, arrow keys within.

/**
 * Arrow keys go to the neighbours as they lie on the screen, Home and End to the ends; Enter or Space are a button's own.
 * @param {HTMLElement} sheet whose children are the buttons
 * @param {KeyboardEvent} event
 * @returns {number | null} the index of the tile that has the focus now; null if it stays
 */
export function moveFocus(sheet, event) {
  const tiles = /** @type {HTMLElement[]} */ ([...sheet.children]);
  const at = tiles.findIndex((button) => button.matches(":focus"));
  const columns = tiles.filter((button) => button.offsetTop === tiles[0].offsetTop).length;
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const to = { Home: 0, End: tiles.length - 1 }[event.key] ?? at + (moves[event.key] ?? NaN);
  if (at < 0 || !tiles[to]) return null;
  event.preventDefault();
  tiles[at].tabIndex = -1;
  tiles[to].tabIndex = 0;
  tiles[to].focus({ preventScroll: true });
  return to;
}
