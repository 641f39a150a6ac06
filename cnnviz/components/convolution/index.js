// The convolution stage: data is { n, k, p, s, d, strings }; everything else stays in the browser.

import { themedRoot } from "../shared/theme.js";
import { Stage } from "./stage.js";

export default function ({ data: [data], parentElement }) {
  const root = themedRoot(parentElement);
  root.stage ??= new Stage(root);
  root.stage.update(data);
  return () => {
    root.stage?.destroy();
    root.stage = null;
  };
}
