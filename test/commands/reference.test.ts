import { expect, test } from "vitest";
import { referencePage } from "./reference.js";

test("docs/commands.md is what the table of verbs says", async () => {
  await expect(referencePage()).toMatchFileSnapshot("../../docs/commands.md");
});
