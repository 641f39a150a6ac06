// Collection: classes with their pictures, as values that are never changed in place. Knows no document and no server.

/**
 * @typedef {object} Picture
 * @property {number} id
 * @property {"drawing" | "photo"} kind
 * @property {string} data base64: 28 x 28 grey levels of a drawing, a small JPEG of a photo
 */
/**
 * @typedef {object} PictureClass
 * @property {number} id
 * @property {string} name
 * @property {Picture[]} pictures
 */
/**
 * @typedef {object} Collection
 * @property {PictureClass[]} classes
 * @property {number} chosen id of the class that the next picture goes to
 * @property {string} name of the data set
 * @property {number} next id that nothing has yet
 */
/**
 * @typedef {object} Limits
 * @property {number} fewestClasses
 * @property {number} mostClasses
 * @property {number} fewest pictures of a class
 * @property {number} most pictures of a class
 * @property {number} all pictures of all classes
 * @property {number} longest characters of a class's name
 * @property {number} longestData characters of a picture
 * @property {number} goal pictures of a class that are enough to begin with
 */

/**
 * Classes of these names without a picture; the first is chosen.
 * @param {string[]} names
 * @returns {Collection}
 */
export function emptyCollection(names) {
  const classes = names.map((name, index) => ({ id: index + 1, name, pictures: [] }));
  return { classes, chosen: 1, name: "", next: names.length + 1 };
}

/**
 * With one more class, which is chosen now; as it was where there are enough.
 * @param {Collection} collection
 * @param {string} name
 * @param {Limits} limits
 * @returns {Collection}
 */
export function withClass(collection, name, limits) {
  if (collection.classes.length >= limits.mostClasses) return collection;
  const id = collection.next;
  return { ...collection, classes: [...collection.classes, { id, name, pictures: [] }], chosen: id, next: id + 1 };
}

/**
 * With another name for a class; a longer one is cut.
 * @param {Collection} collection
 * @param {number} id
 * @param {string} name
 * @param {Limits} limits
 * @returns {Collection}
 */
export function renamed(collection, id, name, limits) {
  return changed(collection, id, (each) => ({ ...each, name: [...name].slice(0, limits.longest).join("") }));
}

/**
 * Without a class and its pictures; its neighbour is chosen if it was.
 * @param {Collection} collection
 * @param {number} id
 * @returns {Collection}
 */
export function withoutClass(collection, id) {
  const at = collection.classes.findIndex((each) => each.id === id);
  const classes = collection.classes.filter((each) => each.id !== id);
  const chosen = collection.chosen === id ? classes[Math.min(at, classes.length - 1)]?.id ?? 0 : collection.chosen;
  return { ...collection, classes, chosen };
}

/**
 * With another class chosen; as it was if there is none of this id.
 * @param {Collection} collection
 * @param {number} id
 * @returns {Collection}
 */
export function choosing(collection, id) {
  return collection.classes.some((each) => each.id === id) ? { ...collection, chosen: id } : collection;
}

/**
 * With a picture more in the chosen class; as it was where there is no room.
 * @param {Collection} collection
 * @param {"drawing" | "photo"} kind
 * @param {string} data
 * @param {Limits} limits
 * @returns {Collection}
 */
export function withPicture(collection, kind, data, limits) {
  if (room(collection, limits) < 1 || data.length > limits.longestData) return collection;
  const picture = { id: collection.next, kind, data };
  const grown = changed(collection, collection.chosen, (each) => ({ ...each, pictures: [...each.pictures, picture] }));
  return { ...grown, next: collection.next + 1 };
}

/**
 * Without a picture, by its id.
 * @param {Collection} collection
 * @param {number} id
 * @returns {Collection}
 */
export function withoutPicture(collection, id) {
  const classes = collection.classes.map((each) => ({ ...each, pictures: each.pictures.filter((one) => one.id !== id) }));
  return { ...collection, classes };
}

/**
 * The chosen class; undefined where there is no class at all.
 * @param {Collection} collection
 * @returns {PictureClass | undefined}
 */
export function chosenClass(collection) {
  return collection.classes.find((each) => each.id === collection.chosen);
}

/**
 * How many pictures the chosen class can still take.
 * @param {Collection} collection
 * @param {Limits} limits
 * @returns {number}
 */
export function room(collection, limits) {
  const into = chosenClass(collection);
  return into ? Math.min(limits.most - into.pictures.length, limits.all - pictureCount(collection)) : 0;
}

/**
 * Pictures of all classes together.
 * @param {Collection} collection
 * @returns {number}
 */
export function pictureCount(collection) {
  return collection.classes.reduce((sum, each) => sum + each.pictures.length, 0);
}

/** @typedef {{ why: "few" | "unnamed" | "twice" | "short" | "noName" | "badName" | "takenName", [gap: string]: unknown }} Problem the name of a sentence, and what fills its gaps */

/**
 * Why no data set can be made of it yet: the name of a sentence and what fills its gaps; null if it can.
 * @param {Collection} collection
 * @param {Limits} limits
 * @param {string[]} setNames that are taken
 * @returns {Problem | null}
 */
export function problem(collection, limits, setNames = []) {
  const { classes } = collection;
  if (classes.length < limits.fewestClasses) return { why: "few", fewest: limits.fewestClasses };
  const names = classes.map((each) => each.name.trim());
  if (names.includes("")) return { why: "unnamed", number: names.indexOf("") + 1 };
  const twice = names.find((name, index) => names.findIndex((each) => alike(each, name)) < index);
  if (twice) return { why: "twice", name: twice };
  const short = classes.find((each) => each.pictures.length < limits.fewest);
  if (short) return { why: "short", name: short.name.trim(), count: short.pictures.length, fewest: limits.fewest };
  return nameProblem(collection.name, limits, setNames);
}

/**
 * The rules of the server (data/own/names.py), so that they are said while the name is typed.
 * @param {string} typed
 * @param {Limits} limits
 * @param {string[]} setNames that are taken
 * @returns {Problem | null}
 */
function nameProblem(typed, limits, setNames) {
  const name = typed.normalize("NFC").trim().replace(/\s+/gu, "-");
  if (!name) return { why: "noName" };
  const isName = /^[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}_-]*$/u.test(name) && [...name].length <= limits.longest;
  if (!isName) return { why: "badName", longest: limits.longest };
  return setNames.some((each) => alike(each, name)) ? { why: "takenName", name } : null;
}

/**
 * What the server is told, once.
 * @param {Collection} collection
 * @param {"train" | "keep"} purpose what is done with the data set
 * @param {number} number of the message
 * @returns {object}
 */
export function message(collection, purpose, number) {
  const classes = collection.classes.map(({ name, pictures }) => ({
    name: name.trim(),
    pictures: pictures.map(({ kind, data }) => [kind, data]),
  }));
  return { name: collection.name.trim(), purpose, number, classes };
}

/**
 * A collection out of whatever a draft holds; null if it is none.
 * @param {any} value
 * @param {Limits} limits
 * @returns {Collection | null}
 */
export function restored(value, limits) {
  if (!Array.isArray(value?.classes) || value.classes.length > limits.mostClasses) return null;
  if (!Number.isSafeInteger(value.next) || typeof value.name !== "string") return null;
  const isSound = value.classes.every((each) => Number.isSafeInteger(each?.id) && typeof each.name === "string" && isPictures(each.pictures, limits));
  return isSound && pictureCount(value) <= limits.all ? value : null;
}

function isPictures(pictures, limits) {
  return (
    Array.isArray(pictures) && pictures.length <= limits.most &&
    pictures.every((one) => Number.isSafeInteger(one?.id) && ["drawing", "photo"].includes(one.kind) && typeof one.data === "string")
  );
}

/** As a reader takes them: "Cat" and "cat" are one name. */
function alike(one, other) {
  return one.normalize("NFC").toLowerCase() === other.normalize("NFC").toLowerCase();
}

function changed(collection, id, change) {
  return { ...collection, classes: collection.classes.map((each) => (each.id === id ? change(each) : each)) };
}
