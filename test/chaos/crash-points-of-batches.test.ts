import { crashPointsOf } from "./support/crash-points.js";
import { STORIES } from "./support/mortal-stories.js";

crashPointsOf(STORIES.BATCHES);
crashPointsOf(STORIES.RUNBOOK);
