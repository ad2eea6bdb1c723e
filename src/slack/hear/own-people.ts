import { type Reply, replyOf } from "../../maintenance/text/reply.js";
import { type Kind, WORDS } from "./answer.js";

/** The workspace the bot is installed in, as `auth.test` tells it. */
export interface OwnTeam {
  readonly teamId: string;
}

/** Where a person belongs, as far as what Slack sent tells. */
export interface Home {
  /** The person's own workspace (`T…`) or organization (`E…`); `null` where Slack does not say. */
  readonly team: string | null;
  /** The organization of that workspace; `null` where Slack does not say, or where there is none. */
  readonly enterprise: string | null;
}

/** A slash command names the workspace it was typed in; Slack offers it to members of ours alone. */
export function homeOfCommand(command: {
  readonly team_id?: string | undefined;
  readonly enterprise_id?: string | undefined;
}): Home {
  return homeIn(command.team_id, { id: command.team_id, enterprise_id: command.enterprise_id });
}

/**
 * In a channel shared by Slack Connect `user.team_id` of a click is the workspace of who clicked, and `team` the one
 * that the app is installed in. Of a submitted modal `team` is the person's too (java-slack-sdk issue 1041, bolt-js issue
 * 1614).
 */
export function homeOfClick(body: {
  readonly user: { readonly team_id?: string | undefined };
  readonly team?: Workspace | null | undefined;
}): Home {
  return homeIn(body.user.team_id, body.team);
}

interface Workspace {
  readonly id?: string | undefined;
  readonly enterprise_id?: string | undefined;
}

/** The organization of a workspace is the person's only where that workspace is. */
function homeIn(team: string | undefined, workspace: Workspace | null | undefined): Home {
  const isTheirs = team !== undefined && workspace?.id === team;
  return { team: team || null, enterprise: (isTheirs && workspace.enterprise_id) || null };
}

/**
 * Slack names in an event the workspace that it happened in, and offers the Home to members of that alone; where it comes
 * out of a conversation that is shared with another company nobody says whose member it is.
 */
export function homeOfEvent(body: {
  readonly team_id?: string | undefined;
  readonly enterprise_id?: string | undefined;
  readonly is_ext_shared_channel?: boolean | undefined;
}): Home {
  if (body.is_ext_shared_channel === true) return { team: null, enterprise: null };
  return homeIn(body.team_id, { id: body.team_id, enterprise_id: body.enterprise_id });
}

/**
 * The refusal for somebody who is not known to be one of us, or `null`: with Slack Connect people of other companies
 * see our cards and can press the buttons, and a rule that names nobody must not mean them (invariant 6). One rule for
 * commands, clicks, dialogs and the Home: an organization counts only where it is named, never because ours is part of it.
 *
 * @param own `null` until Slack has told it: then nobody is known.
 * @param named workspaces and organizations whose people count as ours as well (`SLACK_TEAMS`).
 */
export function turnedAway(
  kind: Kind,
  home: Home,
  own: OwnTeam | null,
  named: readonly string[],
): Reply | null {
  const { yours, nothing } = WORDS[kind];
  if (own === null) {
    return replyOf({
      tone: "refused",
      text: `${yours} was not carried out: Slack has not told the bot yet which workspace it belongs to, so it cannot tell its members from guests of other companies.`,
      notDone: nothing,
      next: "Try again in a minute. If it goes on, show this to whoever runs the bot.",
    });
  }
  const ours = own.teamId.startsWith("E") ? named : [own.teamId, ...named];
  if ([home.team, home.enterprise].some((id) => id !== null && ours.includes(id))) return null;
  const theirs = [home.team, home.enterprise].filter((id) => id !== null).join(" or ");
  const from = home.team === null ? "" : `, and Slack says that you are a member of ${home.team}`;
  return replyOf({
    tone: "refused",
    text: `Only members of the workspace that the bot belongs to may use it${from}.`,
    notDone: nothing,
    next:
      home.team === null
        ? "Ask a member of that workspace to do it."
        : `Ask a member of that workspace to do it. If ${theirs} belongs to the same company, whoever runs the bot can add it to SLACK_TEAMS.`,
  });
}
