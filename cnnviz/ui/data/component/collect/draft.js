// Draft: what one tab has collected, kept in the browser (IndexedDB), so that a reload or another page loses nothing.
//
// Each tab has its own, by a number in its session storage: whoever opens the page next in another tab, at a computer
// that many share, sees nobody's camera pictures. Drafts of tabs that are closed go after a day.

const STORE = "drafts";
const TAB = "cnnviz-collect"; // in the session storage
const DAY = 86_400_000; // ms

/**
 * What this tab collected before is handed to `take`, or null; what it collects from now on may be kept.
 * @param {(kept: any) => void} take
 * @param {() => void} refused called once where the browser keeps nothing
 * @returns {(collection: object) => void} keeps a collection: at once, since a reload waits for nobody
 */
export function openDraft(take, refused) {
  let base = null;
  let next = null; // the newest that is not kept yet
  let isWriting = false;

  async function write() {
    if (isWriting || !next || !base) return;
    isWriting = true;
    try {
      while (next) {
        const kept = { when: Date.now(), collection: next };
        next = null;
        const transaction = base.transaction(STORE, "readwrite");
        const writing = answer(transaction.objectStore(STORE).put(kept, tab()));
        transaction.commit();
        await writing; // one after another: of many in a row the last is enough
      }
    } catch {
      refuse();
    }
    isWriting = false;
  }

  function refuse() {
    base = next = null;
    refused();
  }

  readDraft().then((found) => {
    base = found.base;
    take(found.kept);
    write();
  }, refuse);
  return (collection) => {
    next = collection;
    write();
  };
}

/** The open base, and what this tab kept in it; null if nothing. Rejected where storage is not allowed. */
async function readDraft() {
  const opening = indexedDB.open(TAB, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const base = await answer(opening);
  const store = base.transaction(STORE, "readwrite").objectStore(STORE);
  sweep(store);
  const kept = await answer(store.get(tab()));
  return { base, kept: kept?.collection ?? null };
}

/** The number of this tab: the same after a reload. */
function tab() {
  const known = sessionStorage.getItem(TAB);
  if (known) return known;
  const made = [...crypto.getRandomValues(new Uint32Array(4))].join("-"); // randomUUID is for https alone
  sessionStorage.setItem(TAB, made);
  return made;
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
