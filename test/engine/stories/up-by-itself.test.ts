import { expect, test } from "vitest";
import { useEngine } from "../support/engine.js";
import { BOB } from "../support/people.js";

const engine = useEngine();

test("machines that were drained with --up auto come back when their window ends, and the card said so before", async () => {
  const cluster = await engine().cluster();
  const maintenance = await cluster.drainToQuestion("web-01 1h --up auto");
  await maintenance.root(/Up by itself at its end/);
  await cluster.click(BOB, (await maintenance.button("approve")).value);
  await maintenance.thread(/Down: 1 machine/);
  expect(cluster.mode("web-01")).toBe("DOWN");
  cluster.moveOn(3_600_000);
  await maintenance.thread(/Bringing up/);
  await maintenance.thread(/Back:/);
  expect(cluster.mode("web-01")).toBe("UP");
});
