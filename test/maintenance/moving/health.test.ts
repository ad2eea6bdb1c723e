import { expect, test } from "vitest";
import { healthyOf, minimumOf } from "../../../src/maintenance/moving/health.js";
import { marathonApp, marathonTask } from "./views.js";

const tasks = [
  marathonTask("a1", "web-01"),
  marathonTask("a2", "web-02", { isHealthy: false }),
  marathonTask("a3", "web-03", { isRunning: false, isHealthy: false }),
];

test.each([
  [10, 0.5, 5],
  [3, 0.5, 2],
  [3, 0.34, 2],
  [4, 0.75, 3],
  [5, 1, 5],
  [5, 0, 0],
])(
  "of %d instances with a minimumHealthCapacity of %d, %d have to be healthy",
  (instances, share, minimum) => {
    expect(minimumOf(marathonApp(tasks, { instances, minimumHealthCapacity: share }))).toBe(minimum);
  },
);

test("with health checks only tasks with good results count, without them those that run", () => {
  expect(healthyOf(marathonApp(tasks))).toBe(1);
  expect(healthyOf(marathonApp(tasks, { hasHealthChecks: false }))).toBe(2);
});

test("Marathon's own count is never exceeded", () => {
  expect(healthyOf(marathonApp(tasks, { healthy: 0 }))).toBe(0);
  expect(healthyOf(marathonApp(tasks, { hasHealthChecks: false, running: 1 }))).toBe(1);
});

test("what is being killed does not count, though Marathon still shows it", () => {
  expect(healthyOf(marathonApp(tasks), new Set(["a1"]))).toBe(0);
});
