import { expect, test } from "vitest";
import { settled } from "../../../src/engine/store/answer-limit.js";

const asItIs = (error: unknown) => error;

test("a queue that does not answer within the limit it was given is said not to, and nothing is claimed", async () => {
  const never = new Promise<never>(() => {});
  await expect(settled(never, 20, asItIs)).rejects.toMatchObject({
    code: "no_answer",
    what: "The queue did not answer within 0.02 s.",
    notDone: "Whether the request was stored is not known.",
  });
});

test("an answer within the limit is the answer, a failure is translated", async () => {
  await expect(settled(Promise.resolve(7), 20_000, asItIs)).resolves.toBe(7);
  const failing = settled(Promise.reject(new Error("raw")), 20_000, () => new Error("in words"));
  await expect(failing).rejects.toThrow("in words");
});
