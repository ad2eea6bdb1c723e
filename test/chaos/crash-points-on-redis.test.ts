import { redisStore } from "../engine/store/places.js";
import { crashPointsOn } from "./support/crash-points-on.js";

crashPointsOn(redisStore);
