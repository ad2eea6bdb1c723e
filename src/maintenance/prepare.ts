import { prepareStaying } from "./blast/staying.js";
import { indexedAgents } from "./cluster/agent-index.js";
import type { World } from "./cluster/world.js";
import { indexWorld } from "./cluster/world-index.js";
import { sightOf } from "./sight/sight.js";

/**
 * Works out, with pauses, what everybody who looks at a world needs of all its agents and tasks: on a large cluster it would keep all
 * others waiting when it is first asked for.
 */
export function* prepare(world: World): Generator<void, void, void> {
  yield* indexedAgents(world.agents);
  yield* world.tasks.sortByAgent();
  yield;
  indexWorld(world);
  yield;
  yield* prepareStaying(world);
  yield;
  sightOf(world);
}
