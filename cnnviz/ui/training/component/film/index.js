// A film of a training: one scrubber for the first filters, feature maps, confusion matrix and the answer to one picture.
// Pieces come once; the server is told which are here. Nothing that moves waits for it.
import { themedRoot } from "../../../shared/component/theme.js";
import { pixelTables } from "../../../shared/component/paint.js";
import { listen, controls } from "./controls.js";
import { draw, layOut } from "./drawing.js";
import { report, storePieces } from "./pieces.js";
import { place, settle } from "./place.js";

export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
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

function newFilm() {
  return {
    pieces: new Map(), // id -> piece, decoded
    place: place(0), // between which two stops
    isPlaying: false,
    isLooping: true,
    isFollowing: true,
    isCalm: isCalm(), // pictures change from stop to stop, without what lies between
    speed: isCalm() ? 1 : 5,
    lastSent: "", // the ids that the server has heard of last
    wasLive: false, // with the data before
    dwell: 0, // seconds at the end, before a loop begins again
    stop: null, // the key of the stop one rests on, so that it stays when others come
    cell: null, // of the matrix, that is read out
  };
}
