// Burst: pictures one after another as long as a button or key is held, at most so many.

/**
 * @typedef {object} Burst
 * @property {() => void} begin takes the first at once
 * @property {() => void} end
 * @property {() => boolean} isOn
 */

/**
 * @param {() => boolean} take takes one; false: no more can be taken
 * @param {number} most of one burst
 * @param {number} pause ms between two
 * @param {() => void} changed it has begun or ended
 * @returns {Burst}
 */
export function createBurst(take, most, pause, changed) {
  let timer = 0;
  let taken = 0;

  function end() {
    if (!timer) return;
    clearInterval(timer);
    timer = 0;
    changed();
  }

  function one() {
    taken++;
    if (!take() || taken >= most) end();
  }

  return {
    begin() {
      if (timer) return;
      taken = 0;
      timer = Number(setInterval(one, pause)); // before the first: what it calls may end it
      one();
      changed();
    },
    end,
    isOn: () => timer !== 0,
  };
}
