import { expect, test } from "vitest";
import { boltLogger } from "../../../src/slack/wire/logger.js";
import { redact } from "../../../src/slack/wire/redact.js";
import { keepingLogger } from "../fixtures.js";

test.each([
  ["token xoxb-12-34-abC", "token [token]"],
  ["xapp-1-A0-99-ff!", "[token]!"],
  ["xoxe.xoxb-1-abc", "[token]"],
  ["redis://bot:hunter2@10.0.0.1:6379 is away", "redis://[credentials]@10.0.0.1:6379 is away"],
  ["rediss://:hunter2@r.example", "rediss://[credentials]@r.example"],
  [
    "wss://wss-primary.slack.com/link/?ticket=abc&app_id=1 closed",
    "wss://wss-primary.slack.com/link/?[ticket] closed",
  ],
  ["https://hooks.slack.com/commands/T1/2/abc", "https://hooks.slack.com/[address]"],
  ["Authorization: Bearer abc.def", "Authorization: Bearer [credentials]"],
  ["nothing secret about web-01", "nothing secret about web-01"],
])("%s becomes %s", (raw, shown) => {
  expect(redact(raw)).toBe(shown);
});

test("Slack's own libraries log through it, and their debug output, with bodies and tickets, not at all", () => {
  const logger = keepingLogger();
  const bolt = boltLogger(logger);
  bolt.debug("body with xoxb-1-secret");
  bolt.error("failed with", new Error("xoxb-1-secret"));
  expect(logger.lines).toEqual(['error failed with Error: [token] {"from":"slack-sdk"}']);
});
