import { expect, test } from "vitest";
import { isResponseUrl } from "../../../src/slack/wire/response-hosts.js";

const LOCAL = "http://localhost:3000/api/";

test.each([
  ["https://hooks.slack.com/commands/T01/1/abc", null],
  ["https://hooks.slack.com/actions/T01/1/abc", LOCAL],
  ["https://hooks.slack.com:443/app/T01/1/abc", null],
  ["https://HOOKS.SLACK.COM/commands/T01/1/abc", null],
  ["https://hooks.slack-gov.com/commands/T01/1/abc", "https://slack-gov.com/api/"],
  ["http://localhost:3000/response/1", LOCAL],
  ["https://slack.example.com/r/1", "https://slack.example.com/api/"],
])("%s is where answers are taken, with the API at %s", (url, apiUrl) => {
  expect(isResponseUrl(url, apiUrl)).toBe(true);
});

test.each([
  ["http://hooks.slack.com/commands/T01/1/abc", null],
  ["https://hooks.slack.com.example.com/commands", null],
  ["https://hooks-slack.com/commands", null],
  ["https://slack.com/commands", null],
  ["https://evil.hooks.slack.com/commands", null],
  ["https://hooks.slack.com./commands", null],
  ["https://hooks.slack.com:8443/commands", null],
  ["https://hooks.slack.com@example.com/commands", null],
  ["https://somebody:secret@hooks.slack.com/commands", null],
  ["https://example.com/hooks.slack.com", null],
  ["https://example.com/?https://hooks.slack.com/", null],
  ["http://127.0.0.1:6379/", null],
  ["http://169.254.169.254/latest/meta-data/", null],
  ["http://[::1]:5050/api/v1", null],
  ["http://localhost:3001/response/1", LOCAL],
  ["http://localhost/response/1", LOCAL],
  ["https://localhost:3000/response/1", LOCAL],
  ["http://127.0.0.1:3000/response/1", LOCAL],
  ["http://slack.example.com/r/1", "https://slack.example.com/api/"],
  ["file:///etc/passwd", null],
  ["data:text/plain,hooks.slack.com", null],
  ["//hooks.slack.com/commands", null],
  ["hooks.slack.com/commands", null],
  ["", null],
])("%s is not, with the API at %s", (url, apiUrl) => {
  expect(isResponseUrl(url, apiUrl)).toBe(false);
});
