import { measureAck } from "./ack.js";
import { measureAgents } from "./agents.js";
import { measureBurst } from "./burst.js";
import { measureDrain } from "./drain.js";
import type { Effort, Figures } from "./figures.js";
import { measureFootprint } from "./footprint.js";
import { measureInventories } from "./inventories.js";
import { measureLoop } from "./loop.js";
import { measureMasterLoad } from "./masterload.js";
import { measureReaction } from "./reaction.js";
import { measureRoll } from "./roll.js";
import { measureScript } from "./script.js";
import { measureTasks } from "./tasks.js";
import { measureWatch } from "./watch.js";

/** A row of the bench, by the name that `--only` takes. */
export interface Measurement {
  readonly name: string;
  readonly needsRedis: boolean;
  readonly measure: (effort: Effort) => Promise<Figures>;
}

/** In the order in which they are measured. */
export const MEASUREMENTS: readonly Measurement[] = [
  { name: "agents50k", needsRedis: false, measure: measureAgents },
  { name: "tasks", needsRedis: false, measure: measureTasks },
  { name: "inventory", needsRedis: false, measure: measureInventories },
  { name: "footprint", needsRedis: true, measure: measureFootprint },
  { name: "drain", needsRedis: true, measure: measureDrain },
  { name: "ack", needsRedis: true, measure: measureAck },
  { name: "masterload", needsRedis: true, measure: measureMasterLoad },
  { name: "roll", needsRedis: true, measure: measureRoll },
  { name: "script", needsRedis: true, measure: measureScript },
  { name: "burst", needsRedis: true, measure: measureBurst },
  { name: "reaction", needsRedis: true, measure: measureReaction },
  { name: "loop", needsRedis: true, measure: measureLoop },
  { name: "watch", needsRedis: true, measure: measureWatch },
];
