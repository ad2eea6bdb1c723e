import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const PAGES = [...readdirSync("."), ...readdirSync("docs").map((name) => join("docs", name))].filter((page) =>
  page.endsWith(".md"),
);

test.each(PAGES)("every file that %s links to is there", (page) => {
  const text = readFileSync(page, "utf8");
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? "");
  const missing = links.filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(dirname(page), link)));
  expect(missing).toEqual([]);
});

/** The anchors of a page's headings, as GitHub makes them: `## Who may approve` is `#who-may-approve`. */
function anchorsOf(page: string): string[] {
  const text = readFileSync(page, "utf8").replace(/^```[\s\S]*?^```/gm, "");
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .toLowerCase()
      .replaceAll(" ", "-"),
  );
}

test.each(PAGES)("every heading that %s links to is there", (page) => {
  const links = [...readFileSync(page, "utf8").matchAll(/\]\(([\w./-]*)#([^)]+)\)/g)];
  const missing = links.filter(([, file = "", anchor = ""]) => {
    const other = file === "" ? page : join(dirname(page), file);
    return !anchorsOf(other).includes(anchor);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});

test("every page is linked from the README or from a page it links to", () => {
  const all = PAGES.map((page) => readFileSync(page, "utf8")).join("\n");
  const lonely = readdirSync("docs").filter((name) => !all.includes(`${name})`) && !all.includes(`${name}#`));
  expect(lonely).toEqual([]);
});
