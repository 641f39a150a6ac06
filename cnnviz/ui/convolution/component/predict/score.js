// Quiz score: how many questions somebody solved at the first try. Kept in the browser, where the browser keeps anything.

const SCORE_KEY = "cnnviz-predictions";
const NOTHING_ASKED = { asked: 0, first: 0, rung: 0, seed: 0 }; // rung: of the ladder of levels; seed: the last question's

/** { asked, first, rung, seed }. */
export class Score {
  constructor() {
    this.now = keptScore();
  }

  /** The question's number and level, 0 to `top`: it rises with every second right answer. */
  nextQuestion(top) {
    const { rung, seed } = this.now;
    this.save({ ...this.now, seed: seed + 1 });
    return { level: Math.min(top, Math.floor(rung / 2)), seed: seed + 1 };
  }

  /** The first answer to a question; a wrong one makes the next question easier. */
  count(isRight) {
    const { asked, first, rung, seed } = this.now;
    this.save({ asked: asked + 1, first: first + isRight, rung: isRight ? rung + 1 : Math.max(0, rung - 2), seed });
  }

  reset() {
    this.save({ ...NOTHING_ASKED, seed: this.now.seed });
  }

  save(score) {
    this.now = score;
    try {
      localStorage.setItem(SCORE_KEY, JSON.stringify(score));
    } catch {
      // a browser that keeps nothing: the score lasts as long as the page
    }
  }
}

function keptScore() {
  try {
    const score = JSON.parse(localStorage.getItem(SCORE_KEY));
    const isWhole = Object.keys(NOTHING_ASKED).every((name) => Number.isInteger(score[name]) && score[name] >= 0);
    return isWhole ? score : NOTHING_ASKED;
  } catch {
    return NOTHING_ASKED;
  }
}
