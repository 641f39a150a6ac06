// Convolution explorer: the server sends words and content once and receives a link when something was committed.

import { themedRoot } from "../../shared/component/theme.js";
import { createContentPanel } from "./content/contentpanel.js";
import { createControls } from "./controls/controls.js";
import { Explorer } from "./explorer.js";
import { createFormula } from "./controls/formula.js";
import { createLessons } from "./lessons.js";
import { createNotice } from "./notice.js";
import { createPhotoPanel } from "./photo/photo.js";
import { createPredict } from "./predict/predict.js";
import { createStage } from "./stage/stage.js";
import { createTabs } from "./tabs.js";
import { createTakeaway } from "./takeaway/takeaway.js";
/** @import { Mount } from "../../shared/component/theme.js" */

/** The parts in the order they are written in a frame; each has the element of its name for a host. */
const PARTS = {
  lessons: createLessons,
  notice: createNotice,
  controls: createControls,
  predict: createPredict,
  formula: createFormula,
  stage: createStage,
  tabs: createTabs,
  contentpanel: createContentPanel,
  photo: createPhotoPanel,
  takeaway: createTakeaway,
};

/**
 * @param {Mount} mount
 * @returns {() => void} ends it
 */
export default function ({ data: [data], parentElement, setStateValue }) {
  const root = themedRoot(parentElement);
  root.explorer ??= new Explorer(root, (link) => setStateValue("link", link));
  root.explorer.update(data);
  if (!root.explorer.parts.length) {
    for (const [name, create] of Object.entries(PARTS)) root.explorer.parts.push(create(root.querySelector(`.${name}`), root.explorer));
  }
  return () => {
    root.explorer?.destroy();
    root.explorer = null;
  };
}
