import { expect, onTestFinished, test } from "vitest";
import { READ_PERMISSIONS } from "../../../src/rehearsal/master/access.js";
import { sampleCluster } from "../../../src/rehearsal/master/sample.js";
import { startCluster } from "../support/cluster.js";

test("a caller who may not view agents, frameworks and tasks sees an idle cluster", async () => {
  const cluster = sampleCluster({ speed: null });
  const master = await startCluster(onTestFinished, {
    ...cluster,
    principals: [
      { name: "viewer", secret: "v", may: READ_PERMISSIONS },
      { name: "nobody", secret: "n", may: [] },
    ],
  });
  const count = async (who: string) => {
    const sizes = [];
    for (const [type, list] of [
      ["GET_AGENTS", "agents"],
      ["GET_FRAMEWORKS", "frameworks"],
      ["GET_TASKS", "tasks"],
    ] as const) {
      const response = await fetch(`${master.url}/api/v1`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Basic ${btoa(who)}` },
        body: JSON.stringify({ type }),
      });
      const body: unknown = await response.json();
      sizes.push(Object(body)[type.toLowerCase()][list].length);
    }
    return sizes;
  };
  expect(await count("viewer:v")).toEqual([12, 4, 21]);
  expect(await count("nobody:n")).toEqual([0, 0, 0]);
});
