import { crashPointsOf } from "./support/crash-points.js";
import { STORIES } from "./support/mortal-stories.js";

crashPointsOf(STORIES.DRAIN);
crashPointsOf(STORIES.CANCEL);
