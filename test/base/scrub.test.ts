import { expect, test } from "vitest";
import { scrub } from "../../src/base/scrub.js";

test.each([
  ["token xoxb-12-34-aBc is bad", "token [secret] is bad"],
  ["xapp-1-A0-99-ff", "[secret]"],
  ["POST https://hooks.slack.com/commands/T01/2/abc failed", "POST [secret] failed"],
  ['{"h":"Bearer xoxb-1"}', '{"h":"Bearer [secret]"}'],
  ['{"h":"Basic dTpw"}', '{"h":"Basic [secret]"}'],
  ["connect to redis://:pw@r:6379/1", "connect to redis://[secret]@r:6379/1"],
  ["connect to rediss://u:p%40w@r", "connect to rediss://[secret]@r"],
  ["connect to redis://u:it's@r", "connect to redis://[secret]@r"],
  ["xapp-1-A0-99-ff!", "[secret]!"],
  ["xoxe.xoxb-1-abc", "[secret]"],
  [
    "wss://wss-primary.slack.com/link/?ticket=abc&app_id=1 closed",
    "wss://wss-primary.slack.com/link/?[secret] closed",
  ],
  ["https://hooks.slack.com/anything/T1/2/abc", "https://hooks.slack.com/[secret]"],
  ["Authorization: Bearer abc.def", "Authorization: Bearer [secret]"],
  ["sent Bearer abc.def along", "sent Bearer [secret] along"],
])("%s becomes %s", (text, clean) => {
  expect(scrub(text)).toBe(clean);
});

test.each([
  "GET http://10.0.0.1:5050/api/v1 said 503",
  "see https://api.slack.com/methods/chat.update",
  "user@example.com in zk://z1:2181,z2:2181/mesos",
  "Basic Information",
  "nothing secret about web-01",
])("%s stays as it is", (text) => {
  expect(scrub(text)).toBe(text);
});

test("a line of JSON stays JSON, whatever stands in it", () => {
  const line = JSON.stringify({
    a: "wss://s/?ticket=1",
    b: "redis://u:p@r",
    c: "Bearer x",
    d: 'say "xoxb-1-a"',
  });
  expect(JSON.parse(scrub(line))).toEqual({
    a: "wss://s/?[secret]",
    b: "redis://[secret]@r",
    c: "Bearer [secret]",
    d: 'say "[secret]"',
  });
});
