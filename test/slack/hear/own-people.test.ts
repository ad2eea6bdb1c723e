import { describe, expect, test } from "vitest";
import { homeOfClick, homeOfCommand, turnedAway } from "../../../src/slack/hear/own-people.js";

const OWN = { teamId: "T01", enterpriseId: null };

const IN_GRID = { teamId: "T01", enterpriseId: "E01" };

describe("whose somebody is (invariant 6)", () => {
  test.each([
    ["a member", OWN, { team: "T01", enterprise: null }, true],
    ["a guest of another company", OWN, { team: "T09", enterprise: null }, false],
    ["a guest from an organization", OWN, { team: "T09", enterprise: "E09" }, false],
    ["somebody Slack says nothing of", OWN, { team: null, enterprise: null }, false],
    ["a member of the organization", IN_GRID, { team: "E01", enterprise: null }, true],
    ["a member of another workspace of it", IN_GRID, { team: "T02", enterprise: "E01" }, true],
    ["one of whom only the workspace is known", IN_GRID, { team: "T02", enterprise: null }, false],
    ["a guest of another organization", IN_GRID, { team: "T09", enterprise: "E09" }, false],
  ])("%s", (_, own, home, ours) => {
    expect(turnedAway("click", home, own, []) === null).toBe(ours);
  });

  test.each([
    [{ team: "T02", enterprise: null }, ["T02"]],
    [{ team: "T03", enterprise: "E02" }, ["E02"]],
  ])("%j counts as ours where SLACK_TEAMS names it", (home, others) => {
    expect(turnedAway("command", home, IN_GRID, others)).toBeNull();
    expect(turnedAway("command", home, IN_GRID, ["T77"])).toMatchObject({
      tone: "refused",
      text: expect.stringContaining(home.team),
      notDone: "Nothing was queued.",
      next: expect.stringContaining("SLACK_TEAMS"),
    });
  });

  test("nobody is ours while Slack has not told which workspace that is", () => {
    expect(turnedAway("modal", { team: "T01", enterprise: null }, null, ["T01"])).toMatchObject({
      tone: "refused",
      notDone: "Nothing was queued and nothing was decided.",
    });
  });
});

describe("what Slack says of where somebody belongs", () => {
  const shared = { id: "T01", enterprise_id: "E01" };

  test.each([
    ["our own person", { user: { team_id: "T01" }, team: shared }, { team: "T01", enterprise: "E01" }],
    // `team` of a click is where the app is installed: it says nothing of who clicked.
    ["a guest", { user: { team_id: "T09" }, team: shared }, { team: "T09", enterprise: null }],
    [
      "an app for a whole organization",
      { user: { team_id: "T02" }, team: null },
      { team: "T02", enterprise: null },
    ],
    ["nobody", { user: {}, team: shared }, { team: null, enterprise: null }],
  ])("a click of %s", (_, body, home) => {
    expect(homeOfClick(body)).toEqual(home);
  });

  test("a command names its workspace and that workspace's organization", () => {
    expect(homeOfCommand({ team_id: "T02", enterprise_id: "E01" })).toEqual({
      team: "T02",
      enterprise: "E01",
    });
    expect(homeOfCommand({ team_id: "T02" })).toEqual({ team: "T02", enterprise: null });
    expect(homeOfCommand({ team_id: "" })).toEqual({ team: null, enterprise: null });
  });
});
