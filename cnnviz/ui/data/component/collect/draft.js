// Draft: what one tab has collected, kept in the browser (IndexedDB), so that a reload or another page loses nothing.
//
// Each tab has its own, by a number in its session storage: whoever opens the page next in another tab, at a computer
// that many share, sees nobody's camera pictures. Drafts of tabs that are closed go after a day.

const STORE = "drafts";
const TAB = "cnnviz-collect"; // in the session storage
const DAY = 86_400_000; // ms
const PAUSE = 300; // ms after a change, before it is kept

/**
 * @typedef {object} Draft
 * @property {(collection: object) => void} keep it, a little later: not each of 20 pictures in 3 s
 * @property {() => void} end what waits is kept now
 */

/**
 * What this tab collected before is handed to `take`, or null; what it collects from now on may be kept.
 * @param {(kept: any) => void} take
 * @param {() => void} refused called once where the browser keeps nothing
 * @returns {Draft}
 */
export function openDraft(take, refused) {
  let timer = 0;
  let next = null;
  let isRefused = false;

  async function flush() {
    clearTimeout(timer);
    if (!next) return;
    const kept = next;
    next = null;
    if ((await keepDraft(kept)) || isRefused) return;
    isRefused = true;
    refused();
  }

  readDraft().then(take);
  addEventListener("pagehide", flush);
  return {
    keep(collection) {
      next = collection;
      clearTimeout(timer);
      timer = Number(setTimeout(flush, PAUSE));
    },
    end() {
      removeEventListener("pagehide", flush);
      flush();
    },
  };
}

/** What this tab kept; null if it kept nothing, or nothing can be kept here. */
async function readDraft() {
  try {
    const store = await drafts("readwrite");
    sweep(store);
    const kept = await answer(store.get(tab()));
    return kept?.collection ?? null;
  } catch {
    return null; // storage is not allowed, or full: what is collected stays in memory
  }
}

/** Keep it; whether that could be done. */
async function keepDraft(collection) {
  try {
    const store = await drafts("readwrite");
    await answer(store.put({ when: Date.now(), collection }, tab()));
    return true;
  } catch {
    return false;
  }
}

/** The number of this tab: the same after a reload. */
function tab() {
  const known = sessionStorage.getItem(TAB);
  if (known) return known;
  const made = [...crypto.getRandomValues(new Uint32Array(4))].join("-"); // randomUUID is for https alone
  sessionStorage.setItem(TAB, made);
  return made;
}

async function drafts(mode) {
  const opening = indexedDB.open(TAB, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const base = await answer(opening);
  const transaction = base.transaction(STORE, mode);
  transaction.oncomplete = transaction.onabort = () => base.close();
  return transaction.objectStore(STORE);
}

function sweep(store) {
  store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
    if (!cursor) return;
    if (!(Date.now() - cursor.value.when < DAY)) cursor.delete();
    cursor.continue();
  };
}

function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
