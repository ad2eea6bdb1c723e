import { crashPointsOf } from "./support/crash-points.js";
import { STORIES } from "./support/mortal-stories.js";

crashPointsOf(STORIES.KILL_DRAIN);
crashPointsOf(STORIES.MOVE);
