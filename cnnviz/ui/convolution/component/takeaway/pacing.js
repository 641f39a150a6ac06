// Paced work: long work in small pieces, so that the page stays alive. Knows nothing of the work.

const BREATH = 12; // milliseconds of work, then the page has its turn

/**
 * A function to await after each step: reports how many were done, gives the page its turn, throws when stopped.
 * @param {AbortSignal | undefined} signal
 * @param {(step: number) => void} report
 * @returns {() => Promise<void>}
 */
export function paced(signal, report = () => {}) {
  let step = 0;
  let since = performance.now();
  return async () => {
    report(++step);
    if (performance.now() - since >= BREATH) {
      await new Promise((resolve) => setTimeout(resolve));
      since = performance.now();
    }
    signal?.throwIfAborted();
  };
}
