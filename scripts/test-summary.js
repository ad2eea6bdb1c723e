import { existsSync, readFileSync } from "node:fs";

// Prints `N passed, N failed` from the test report and exits as the test command did: a check that failed before any
// test ran, such as the type check, counts as one failure.

const status = Number(process.argv[2] ?? 1);

const report = existsSync("reports/tests.json") ? JSON.parse(readFileSync("reports/tests.json", "utf8")) : {};

const passed = report.numPassedTests ?? 0;

const failed = report.numFailedTests ?? 0;

const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);

const counted = status !== 0 && failed === 0 ? 1 : failed;
console.log(`${passed} passed, ${counted} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(status === 0 && counted > 0 ? 1 : status);
