import { describe, expect, test } from "vitest";
import { homeOfClick, homeOfCommand, turnedAway } from "../../../src/slack/hear/own-people.js";

const OWN = { teamId: "T01" };

const KINDS = ["command", "click", "modal", "home"] as const;

describe("whose somebody is is one rule for commands, clicks, dialogs and the Home (invariant 6)", () => {
  test.each<[string, string | null, string | null, readonly string[], boolean]>([
    ["a member", "T01", null, [], true],
    ["a member, in an organization", "T01", "E01", [], true],
    ["a guest of another company", "T09", null, [], false],
    ["a guest from an organization", "T09", "E09", [], false],
    ["somebody Slack says nothing of", null, null, [], false],
    ["a member of another workspace of the same organization", "T02", "E01", [], false],
    ["the same where SLACK_TEAMS names the organization", "T02", "E01", ["E01"], true],
    ["the same where SLACK_TEAMS names the workspace", "T02", "E01", ["T02"], true],
    ["one of whom only the workspace is known, the organization named", "T02", null, ["E01"], false],
    ["one who belongs to an organization and no workspace", "E01", null, [], false],
    ["the same where it is named", "E01", null, ["E01"], true],
    ["a guest of another organization than the named one", "T09", "E09", ["E01", "T02"], false],
  ])("%s", (_, team, enterprise, named, ours) => {
    for (const kind of KINDS) {
      expect(turnedAway(kind, { team, enterprise }, OWN, named) === null).toBe(ours);
    }
  });

  test("a bot that belongs to an organization takes nobody for its own until SLACK_TEAMS names it", () => {
    const home = { team: "E01", enterprise: null };
    expect(turnedAway("command", home, { teamId: "E01" }, [])).not.toBeNull();
    expect(turnedAway("command", home, { teamId: "E01" }, ["E01"])).toBeNull();
  });

  test("who is turned away reads which ids SLACK_TEAMS could name", () => {
    expect(turnedAway("command", { team: "T02", enterprise: "E01" }, OWN, ["T77"])).toMatchObject({
      tone: "refused",
      text: expect.stringContaining("T02"),
      notDone: "Nothing was queued.",
      next: expect.stringMatching(/If T02 or E01 belongs to the same company.*SLACK_TEAMS/),
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
