import type { Kind } from "./case-runner.js";
import { commandLines } from "./kinds/command-lines.js";
import { eventStreams } from "./kinds/event-streams.js";
import { hostPatterns } from "./kinds/host-patterns.js";
import { iniInventories, yamlInventories } from "./kinds/inventories.js";
import { jobs, records } from "./kinds/jobs.js";
import { masterAnswers } from "./kinds/master-answers.js";
import { slackPayloads } from "./kinds/slack-payloads.js";
import { durations, times } from "./kinds/times.js";

/** All that people, masters, Slack and the queue hand to the bot. */
export const KINDS: readonly Kind[] = [
  commandLines,
  hostPatterns,
  iniInventories,
  yamlInventories,
  durations,
  times,
  eventStreams,
  masterAnswers,
  slackPayloads,
  jobs,
  records,
];
