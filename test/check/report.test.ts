import { expect, test } from "vitest";
import { mend, note, ok, unknown } from "../../src/check/finding.js";
import { reportOf } from "../../src/check/report.js";

const fine = [
  ok("store", "It answers."),
  note("prod: leader", "It is old.", "Upgrade it."),
  unknown("rights", "Not known.", "See the ACLs."),
];

test("each finding is one line with what to do, and the last line says what they come to", () => {
  expect(reportOf([...fine, mend("Slack", "A proxy said:\n  <html>\r\n  no", "Look at the proxy.")])).toEqual(
    {
      text: [
        "ok       store         It answers.",
        "note     prod: leader  It is old. → Upgrade it.",
        "unknown  rights        Not known. → See the ACLs.",
        "mend     Slack         A proxy said: <html> no → Look at the proxy.",
        "",
        "1 thing to mend. 1 thing not known: see above. Nothing was changed, posted or started.",
        "",
      ].join("\n"),
      code: 1,
    },
  );
});

test("what is only noted or not known keeps nobody from starting", () => {
  const { text, code } = reportOf(fine);
  expect(code).toBe(0);
  expect(text).toContain("All is well, as far as can be seen. 1 thing not known: see above.");
});
