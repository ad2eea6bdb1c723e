import { expect, test } from "vitest";
import { scrub } from "../../src/ops/scrub.js";

test.each([
  ["token xoxb-12-34-aBc is bad", "token [secret] is bad"],
  ["xapp-1-A0-99-ff", "[secret]"],
  ["POST https://hooks.slack.com/commands/T01/2/abc failed", "POST [secret] failed"],
  ['{"h":"Bearer xoxb-1"}', '{"h":"Bearer [secret]"}'],
  ['{"h":"Basic dTpw"}', '{"h":"Basic [secret]"}'],
  ["connect to redis://:pw@r:6379/1", "connect to redis://[secret]@r:6379/1"],
  ["connect to rediss://u:p%40w@r", "connect to rediss://[secret]@r"],
])("%s becomes %s", (text, clean) => {
  expect(scrub(text)).toBe(clean);
});

test.each([
  "GET http://10.0.0.1:5050/api/v1 said 503",
  "see https://api.slack.com/methods/chat.update",
  "user@example.com in zk://z1:2181,z2:2181/mesos",
  "Basic Information",
])("%s stays as it is", (text) => {
  expect(scrub(text)).toBe(text);
});
