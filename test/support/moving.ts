import type { AppMove, Move, MovingApp } from "../../src/maintenance/record/move.js";
import { HOUR, NOW } from "./world.js";

/** `/shop/api` of a Marathon: a1 on web-01 and a2 on web-02 are to be moved; of its four instances two have to be healthy. */
export function movingApp(parts: Partial<MovingApp> = {}): MovingApp {
  return {
    frameworkId: "marathon",
    framework: "marathon",
    app: "/shop/api",
    tasks: [
      { id: "a1", host: "web-01" },
      { id: "a2", host: "web-02" },
    ],
    instances: 4,
    minimum: 2,
    healthy: 4,
    hasHealthChecks: true,
    ...parts,
  };
}

/** The same under an approval, of which nothing was killed yet. */
export function appMove(parts: Partial<AppMove> = {}): AppMove {
  return { ...movingApp(), kills: [], known: [], relaunched: [], stopped: null, ...parts };
}

/** Moving it away from the machines of the batch `b1`, approved by U0BOB for an hour from now on. */
export function moveOf(parts: Partial<Move> = {}): Move {
  return {
    batch: "b1",
    approval: "b1a1",
    by: "U0BOB",
    sinceMs: NOW,
    untilMs: NOW + HOUR,
    lookAtMs: NOW,
    apps: [appMove()],
    away: null,
    end: null,
    ...parts,
  };
}
