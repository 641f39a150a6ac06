// Film of a training: one scrubber for the first filters, feature maps, confusion matrix and the answer to one picture.
// Pieces come once; the server is told which are here. Nothing that moves waits for it.
import { themedRoot } from "../../../shared/component/theme.js";
import { pixelTables } from "../../../shared/component/paint.js";
import { listen, controls } from "./controls.js";
import { draw, layOut } from "./drawing.js";
import { report, storePieces } from "./pieces.js";
import { place, settle } from "./playhead.js";
/** @import { Mount } from "../../../shared/component/theme.js" */
/** @import { Film } from "./playhead.js" */

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  /** @type {Film} */
  const film = (root.film ??= newFilm());
  if (film.run !== data.run) Object.assign(film, newFilm(), { run: data.run });
  film.notify = (name, value) => setStateValue(name, value);
  film.data = data;
  film.strings = data.strings;
  film.tables = pixelTables(root);
  film.isCalm = isCalm();
  film.redraw = () => draw(root, film);
  storePieces(film, data.parts);
  settle(film);
  layOut(root, film);
  controls(root, film);
  listen(root, film);
  draw(root, film);
  report(film, data.parts);
  return () => {
    if (root.isConnected) return; // Streamlit ends a call with the next one's data, too
    film.isPlaying = false;
    root.resizing?.disconnect();
    root.resizing = null;
  };
}

function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A film of which nothing is here yet; see Film for what is what. */
function newFilm() {
  return {
    pieces: new Map(),
    place: place(0),
    isPlaying: false,
    isLooping: true,
    isFollowing: true,
    isCalm: isCalm(),
    speed: isCalm() ? 1 : 5,
    lastSent: "",
    wasLive: false,
    dwell: 0,
    stop: null,
    cell: null,
  };
}
