import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/fast-check.ts"],
    // Tests of whole programs mostly wait; more files at once than cores makes the suite shorter.
    maxWorkers: 3,
    // They only end what hangs: no test passes or fails by the speed of the machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["default", ["json", { outputFile: "reports/tests.json" }]],
  },
});
