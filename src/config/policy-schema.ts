import { z } from "zod";
import { ENDED_WITHIN_MS } from "../maintenance/cluster/world.js";
import { FAMILY_IDS } from "../maintenance/frameworks/table.js";
import { APPROVE_MODES } from "../maintenance/record/roll.js";
import { duration, line, oneOf, yesOrNo } from "./fields.js";
import { marathon } from "./marathon-schema.js";
import { cap, capOf, people, ticketPattern, timeOfDay, timeZone, weekdays } from "./policy-fields.js";

const MOST_APPROVALS = 10;

const MOST_OPEN = 1_000;

const MOST_FAILURES = 1_000;

function wholeNumber(most: number) {
  const error = `is not a whole number from 1 to ${most}`;
  return z
    .number({ error })
    .refine((count) => Number.isInteger(count) && count >= 1 && count <= most, { error });
}

const caps = z
  .strictObject(
    {
      machines_per_maintenance: cap.optional().meta({
        description: "The most machines of one maintenance: a number, or a share of the active agents.",
        example: "20%",
      }),
      out_of_service: cap.optional().meta({
        description: "The most machines draining or Down at once, everybody's counted.",
        example: "10",
      }),
      above: oneOf(["refuse", "confirm"]).prefault("refuse").meta({
        description:
          "Above a cap: `refuse`, or `confirm`: the requester has to type the number of machines (`--confirm 40`).",
        example: "confirm",
      }),
    },
    { error: "is not a map with machines_per_maintenance, out_of_service and above" },
  )
  .optional()
  .meta({
    description: "How many machines may be taken out of service. Left out: any number.",
    example: "{ machines_per_maintenance: 20%, out_of_service: 10 }",
  });

const calendarWindow = z
  .strictObject(
    {
      days: weekdays.prefault("mon-sun").meta({
        description: "Days on which the window opens: names and ranges.",
        example: "[mon-thu, sun]",
      }),
      from: timeOfDay("23:59").meta({ description: "When it opens, local time.", example: '"22:00"' }),
      to: timeOfDay("24:00").meta({
        description: "When it closes; earlier than `from` means on the next day.",
        example: '"06:00"',
      }),
      time_zone: timeZone.meta({
        description: "IANA name of the time zone; summer time is taken care of.",
        example: "Europe/Berlin",
      }),
    },
    { error: "is not a map with days, from, to and time_zone" },
  )
  .refine((window) => window.from !== window.to, {
    path: ["to"],
    error: "is the same time as from: the whole day is from 00:00 to 24:00",
  });

const NO_BUDGET = "has to set one of machines, zones, or match with keep";

const NO_KEEP = "is not what to keep: write a number of copies such as 2, or a share of them such as 80%";

const budget = z
  .strictObject(
    {
      machines: cap.optional().meta({
        description:
          "The most machines out of service at once: a number, or a share of the active agents, rounded down, at least one.",
        example: "10%",
      }),
      zones: z
        .number({ error: "is not a number of zones" })
        .int("is not a whole number of zones")
        .min(1, "has to be at least 1")
        .optional()
        .meta({
          description: "The most zones with machines out of service at once.",
          example: "1",
        }),
      match: line.optional().meta({
        description:
          "Name of a framework or app; `*` is any text, `?` any letter, and case does not count. Each app that it fits is counted for itself.",
        example: '"web*"',
      }),
      keep: capOf(NO_KEEP).optional().meta({
        description:
          "How many running copies of such an app stay outside of what goes down: a number, or a share of them, rounded up.",
        example: "80%",
      }),
      hours: z.array(calendarWindow, { error: "has to be a list of windows" }).prefault([]).meta({
        description:
          "When it holds. Empty: always. Outside the hours of all budgets for the same thing the tightest of them holds.",
        example: '[{ days: mon-fri, from: "08:00", to: "20:00", time_zone: Europe/Berlin }]',
      }),
    },
    { error: "is not a map with machines, zones, match, keep and hours" },
  )
  .superRefine(({ machines, zones, match, keep }, context) => {
    const sets = [machines, zones, match ?? keep].filter((one) => one !== undefined).length;
    const isWhole = (match === undefined) === (keep === undefined);
    if (sets !== 1 || !isWhole) context.addIssue({ code: "custom", message: NO_BUDGET });
  })
  .meta({ example: "[{ machines: 10% }, { zones: 1 }]" });

const failing = z
  .strictObject(
    {
      times: wholeNumber(MOST_FAILURES).prefault(3).meta({
        description:
          "A task of one app fails more often than this on machines of the drain that are back: the batches stop.",
        example: "3",
      }),
      within: duration(60_000, ENDED_WITHIN_MS).prefault("10m").meta({
        description: "Within how long. At most an hour, for longer no look at a master tells.",
        example: "10m",
      }),
    },
    { error: "is not a map with times and within" },
  )
  .prefault({})
  .meta({
    description: "When an app counts as failing again and again after its machine came back.",
    example: "{ times: 3, within: 10m }",
  });

const rolling = z
  .strictObject(
    {
      gap: duration(0).prefault("10m").meta({
        description: "Between the end of a batch's window and the start of the next.",
        example: "10m",
      }),
      early: duration(0).prefault("0s").meta({
        description:
          "How long before its window begins a batch that is empty may be asked about, or go down inside of approved limits, when the one before is back. Tasks that are left are never lost before the window that their frameworks were told.",
        example: "7d",
      }),
      max_span: duration().prefault("14d").meta({
        description: "From the start of the first batch's window to the end of the last at most.",
        example: "14d",
      }),
      outside_hours: oneOf(["move", "refuse"]).prefault("move").meta({
        description:
          "A batch's window that would begin outside the calendar: `move` it to the next hours, or `refuse` the drain.",
        example: "move",
      }),
      approve: z
        .array(oneOf(APPROVE_MODES), { error: "is not a list of each, canary and once" })
        .min(1, "allows nothing")
        .prefault(["each", "canary"])
        .meta({
          description:
            "What one approval may be for (`--approve`): `each` batch its own, the `canary` its own and one for the rest, or `once` for all.",
          example: "[each, canary]",
        }),
      resume: oneOf(["ask", "auto"]).prefault("ask").meta({
        description:
          "After a rule stopped it: a person goes on (`ask`), or it goes on by itself once what stopped it is over (`auto`).",
        example: "ask",
      }),
      failing,
    },
    { error: "is not a map with gap, early, max_span, outside_hours, approve, resume and failing" },
  )
  .prefault({})
  .meta({
    description: "Drains in batches (`--batch`).",
    example:
      "{ gap: 10m, early: 0s, max_span: 14d, outside_hours: move, approve: [each, canary], resume: ask }",
  });

const ownership = z.strictObject(
  {
    match: line.meta({
      description: "Name of a framework or app; `*` is any text, `?` any letter, and case does not count.",
      example: '"kafka*"',
    }),
    owners: people
      .min(1, "names nobody")
      .meta({ description: "Slack ids of its people and user groups.", example: "[S0123456789]" }),
  },
  { error: "is not a map with match and owners" },
);

/** What a framework can be named by. */
export const FRAMEWORK_KEYS = ["id", "name", "principal"] as const;

const framework = z
  .strictObject(
    {
      id: line.optional().meta({
        description: "Id of the framework.",
        example: "718a2aa4-c3f3-4edf-b7f3-87b04a5e7035-0001",
      }),
      name: line.optional().meta({
        description: "Its name; `*` is any text, `?` any letter, and case does not count.",
        example: '"jobs-*"',
      }),
      principal: line.optional().meta({
        description: "The principal that it registers with.",
        example: "chronos",
      }),
      family: z.enum(FAMILY_IDS, { error: `is none of ${FAMILY_IDS.join(", ")}` }).meta({
        description: "What it is, as docs/frameworks.md names the families.",
        example: "chronos",
      }),
      marathon,
    },
    { error: "is not a map with id, name or principal, and family" },
  )
  .refine((said) => FRAMEWORK_KEYS.filter((key) => said[key] !== undefined).length === 1, {
    error: "has to name the framework by one of id, name and principal",
  })
  .refine((said) => said.marathon === undefined || said.family === "marathon", {
    error: "has no effect: the family is not marathon",
    path: ["marathon"],
  })
  .meta({ example: '[{ name: "jobs-*", family: chronos }]' });

/** Who may do what, how much of it, and when: the settings of a cluster that become its policy. */
export const policySettings = {
  requesters: people.prefault([]).meta({
    description:
      "Slack ids of the people (U…, W…) and user groups (S…) who may ask for a drain. Empty: anyone.",
    example: "[S0123456789]",
  }),
  approvers: people.prefault([]).meta({
    description:
      "Slack ids of the people and user groups who may approve a Down. Empty: anyone in the channel.",
    example: "[U0123456789, S0123456789]",
  }),
  admins: people.prefault([]).meta({
    description:
      "Slack ids of those who may override the calendar and budgets and release holds of others; no right to approve comes with it. Empty: approvers may override them.",
    example: "[U0123456789]",
  }),
  approvals: wholeNumber(MOST_APPROVALS)
    .prefault(1)
    .meta({ description: "How many different people have to approve a Down.", example: "2" }),
  self_approval: yesOrNo
    .prefault(false)
    .meta({ description: "Whether the requester may approve their own Down.", example: "false" }),
  members_only: yesOrNo.prefault(true).meta({
    description:
      "Whether only full members of the workspace may approve and override: no guests, bots, deactivated and foreign accounts, and nobody of whom Slack cannot be asked (`users:read`).",
    example: "true",
  }),
  caps,
  max_open_per_person: wholeNumber(MOST_OPEN).prefault(20).meta({
    description: "The most open maintenances that one person may have asked for.",
    example: "20",
  }),
  require_reason: yesOrNo
    .prefault(false)
    .meta({ description: "Whether a drain needs a `--reason`.", example: "true" }),
  ticket_pattern: ticketPattern.optional().meta({
    description:
      "RE2 expression that the whole ticket has to match. Set: a drain needs a `--ticket`. Left out: no ticket is needed.",
    example: "'OPS-[0-9]+'",
  }),
  calendar: z.array(calendarWindow, { error: "has to be a list of windows" }).prefault([]).meta({
    description: "When machines may be drained and taken down. Empty: always. Several windows add up.",
    example: '[{ days: mon-fri, from: "22:00", to: "06:00", time_zone: Europe/Berlin }]',
  }),
  allow_force: yesOrNo
    .prefault(false)
    .meta({ description: "Whether `--then force` may be asked for.", example: "false" }),
  owners: z.array(ownership, { error: "has to be a list of maps with match and owners" }).prefault([]).meta({
    description:
      "Whose frameworks and apps are whose. They are told when their tasks are affected, and may press Hold or Ready.",
    example: '[{ match: "kafka*", owners: [S0123456789] }]',
  }),
  frameworks: z
    .array(framework, { error: "has to be a list of maps with id, name or principal, and family" })
    .prefault([])
    .meta({
      description:
        "What frameworks are, where it cannot be told from what the master shows of them. Explains what they do with maintenance, and says where a Marathon is reached; entries that disagree about one count for nothing.",
      example: '[{ name: "jobs-*", family: chronos }]',
    }),
  budgets: z.array(budget, { error: "has to be a list of budgets" }).prefault([]).meta({
    description:
      "How much may be out of service at once: Down, or in a window that has begun, whoever took it. Asked before every Down; all that hold count, so the tightest decides.",
    example: '[{ machines: 10% }, { zones: 1 }, { match: "web*", keep: 80% }]',
  }),
  rolling,
  approval_ttl: duration()
    .prefault("1h")
    .meta({ description: "How long an approval question stays open.", example: "1h" }),
  poll_interval: duration().prefault("10s").meta({
    description: "How often a master is read while a maintenance is open and nothing else happens.",
    example: "10s",
  }),
  unwatched_after: duration(180_000).prefault("5m").meta({
    description:
      "How long the worker, or its queue, may be away before an open maintenance waits for a person to say Go on, because its record may be older than the world. At least 3 minutes, and never less than three poll_interval.",
    example: "5m",
  }),
  ask_after: duration(0).prefault("10m").meta({
    description: "How long after draining began the approval is asked even if tasks remain.",
    example: "10m",
  }),
  answers_wait: duration(0).prefault("30s").meta({
    description:
      "How long the bot waits, before it asks by itself, for answers that a changed schedule or a fail-over has erased.",
    example: "30s",
  }),
  agent_return: duration().prefault("10m").meta({
    description: "How long agents may take to register again after Up before it is reported.",
    example: "10m",
  }),
};

const policyObject = z.object(policySettings);

export type PolicySettings = z.output<typeof policyObject>;
