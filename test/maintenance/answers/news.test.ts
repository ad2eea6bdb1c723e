import { describe, expect, test } from "vitest";
import { newsBetween } from "../../../src/maintenance/answers/news.js";
import { lookAt } from "../../../src/maintenance/answers/verdicts.js";
import type { Picture } from "../../../src/maintenance/record/picture.js";
import { agent, answer, machine, task } from "../../support/world.js";
import { drainingWorld } from "../support/flow.js";

const watched = [
  { machine: machine("web-01"), agentIds: [] },
  { machine: machine("web-02"), agentIds: [] },
];

const tasks = ["t1", "t2", "t3", "t4"].map((id) => task(id, "marathon", "web-01"));

const look = (parts: Parameters<typeof drainingWorld>[0], before: Picture | null = null) =>
  lookAt(drainingWorld({ agents: [agent("web-01"), agent("web-02")], tasks, ...parts }), watched, before);

const news = (before: Picture, after: Picture) => newsBetween(before, after, { before, after });

const answered = (how: "accept" | "decline") => ({ answers: { "web-01": [answer("marathon", how)] } });

describe("what may change a decision", () => {
  test("a refusal is news once, with where it is", () => {
    const silent = look({});
    const refused = look(answered("decline"), silent);
    expect(news(silent, refused)).toEqual({ refused: ["marathon on web-01"], withdrawn: [], quarter: null });
    expect(news(refused, look(answered("decline"), refused))).toBeNull();
  });

  test("a promise is none, and one that is taken back is", () => {
    const silent = look({});
    const promised = look(answered("accept"), silent);
    expect(news(silent, promised)).toBeNull();
    expect(news(promised, look(answered("decline"), promised))).toEqual({
      refused: [],
      withdrawn: ["marathon on web-01"],
      quarter: null,
    });
  });

  test("an answer that the master forgot was not taken back", () => {
    const promised = look(answered("accept"), look({}));
    const forgotten = look({}, promised);
    expect(forgotten.verdicts[0]).toMatchObject({ verdict: "silent", erased: { answer: "accept" } });
    expect(news(promised, forgotten)).toBeNull();
  });

  test.each([
    [4, 3, 1],
    [3, 2, 2],
    [4, 2, 2],
    [2, 1, 3],
    [2, 2, null],
    [1, 0, null],
    [2, 3, null],
  ])("with %i of four tasks before and %i now the quarters that are news are %s", (was, is, quarter) => {
    const all = look({});
    const before = look({ tasks: tasks.slice(0, was) }, all);
    const after = look({ tasks: tasks.slice(0, is) }, before);
    expect(news(before, after)?.quarter ?? null).toBe(quarter);
  });
});
