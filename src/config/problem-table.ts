import type { Problem } from "./problem.js";

const HEAD: Problem = { where: "where", what: "what is wrong", example: "example" };

const WHAT_WIDTH = 56;

const GAP = "   ";

/** Problems as aligned columns; long sentences are wrapped within their column. */
export function problemTable(problems: readonly Problem[]): string {
  const rows = [HEAD, ...problems].map((problem) => ({ ...problem, lines: wrap(problem.what, WHAT_WIDTH) }));
  const whereWidth = Math.max(...rows.map((row) => row.where.length));
  const whatWidth = Math.max(...rows.flatMap((row) => row.lines.map((line) => line.length)));
  return rows
    .flatMap((row) =>
      row.lines.map((line, index) => {
        const where = (index === 0 ? row.where : "").padEnd(whereWidth);
        const example = index === 0 ? row.example : "";
        return `  ${where}${GAP}${line.padEnd(whatWidth)}${GAP}${example}`.trimEnd();
      }),
    )
    .join("\n");
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
