import { defineConfig } from "vitest/config";

/** Rooms without state of their own: their files share what was imported, which takes longer than running them. */
const PURE = ["commands", "hosts", "maintenance", "slack/render", "timeline"].map(
  (room) => `test/${room}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    setupFiles: ["test/support/fast-check.ts"],
    // Tests of whole programs mostly wait; more files at once than cores makes the suite shorter.
    maxWorkers: 3,
    // They only end what hangs: no test passes or fails by the speed of the machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["default", ["json", { outputFile: "reports/tests.json" }]],
    projects: [
      { extends: true, test: { name: "pure", include: PURE, isolate: false } },
      { extends: true, test: { name: "whole", include: ["test/**/*.test.ts"], exclude: PURE } },
    ],
  },
});
