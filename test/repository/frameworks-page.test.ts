import { expect, test } from "vitest";
import { FAMILY_IDS } from "../../src/maintenance/frameworks/table.js";
import { frameworksPage } from "./frameworks-page.js";

const page = frameworksPage();

test("docs/frameworks.md is what the table of frameworks says (after a change: -u)", async () => {
  await expect(page).toMatchFileSnapshot("../../docs/frameworks.md");
});

test("the page of frameworks names every family with its signs and at least one row", () => {
  for (const id of FAMILY_IDS) expect(page.split(`| \`${id}\` |`).length - 1, id).toBeGreaterThanOrEqual(3);
});
