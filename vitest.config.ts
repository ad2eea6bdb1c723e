import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Rooms whose files share a process and what was imported, which takes longer than running them. The others run whole programs or
 * servers, or have to do with what a process knows as long as it lives: its secrets, its environment.
 */
const SHARED = [
  "commands",
  "engine/{bot,cluster,control,lanes,notify,stories}",
  "hosts",
  "maintenance",
  "mesos",
  "rehearsal",
  "repository",
  "slack/{connection,hear,people,render,say,stories}",
  "timeline",
].map((room) => `test/${room}/**/*.test.ts`);

/** Rooms with files that take a minute or more, mostly of waiting: begun last they would keep one worker busy alone. */
const LONG = /\/test\/(?:chaos|e2e|engine\/store|fuzz)\//;

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    setupFiles: ["test/support/fast-check.ts"],
    // Tests of whole programs mostly wait; more files at once than cores makes the suite shorter.
    maxWorkers: 3,
    // They only end what hangs: no test passes or fails by the speed of the machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["default", ["json", { outputFile: "reports/tests.json" }]],
    sequence: { sequencer: LongFirst },
    projects: [
      { extends: true, test: { name: "shared", include: SHARED, isolate: false } },
      { extends: true, test: { name: "whole", include: ["test/**/*.test.ts"], exclude: SHARED } },
    ],
  },
});
