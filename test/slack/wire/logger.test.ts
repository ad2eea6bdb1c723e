import { expect, test } from "vitest";
import { boltLogger } from "../../../src/slack/wire/logger.js";
import { keepingLogger } from "../fixtures.js";

test("Slack's own libraries log without secrets, and their debug output, with bodies and tickets, not at all", () => {
  const logger = keepingLogger();
  const bolt = boltLogger(logger);
  bolt.debug("body with xoxb-1-secret");
  bolt.error("failed with", new Error("xoxb-1-secret"));
  expect(logger.lines).toEqual(['error failed with Error: [secret] {"from":"slack-sdk"}']);
});
