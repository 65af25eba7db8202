/** docs/conformance.md: the rows of the matrix, for people. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { providers } from "../../../src/providers/index.ts";
import { behaviours } from "../../../src/testing/index.ts";
import { repository } from "../../support/docs.ts";
import { readRows, type Row } from "./row.ts";

const path = "docs/conformance.md";

export async function writeMatrixPage(): Promise<void> {
  writeFileSync(join(repository, path), await renderMatrixPage(readRows()));
}

/** The whole page; the same rows give the same page. */
export async function renderMatrixPage(rows: readonly Row[]): Promise<string> {
  const shown = [...rows].sort((left, right) => orderOf(left) - orderOf(right));
  const missing = providers.filter(({ id }) => !rows.some((row) => familyOf(row) === id)).map(({ id }) => id);
  const parts = [
    introduction,
    "## What was run",
    table(
      ["agent", "version", "seconds"],
      shown.map(({ subject, versions, seconds }) => [subject, Object.values(versions).join(", "), String(seconds)]),
    ),
    ...(missing.length > 0 ? [`Not run yet: ${missing.join(", ")}.`] : []),
    "## What each agent does",
    `**Bold** is what every agent has to do.`,
    table(
      ["", ...shown.map(({ subject }) => subject)],
      behaviours.map((behaviour) => [labelOf(behaviour), ...shown.map((row) => answerOf(row, behaviour))]),
    ),
    "## Why not",
    ...shown.map(reasonsOf),
  ];
  return format(parts.join("\n\n"), { parser: "markdown", printWidth: 120 });
}

const introduction = `# What each agent was seen to do

This page is written by the conformance tests (\`npm run test:all\`), which run each agent's real program against a model that
does what a script says. What an agent does is judged from outside: by what the model received, by the files, by the processes
that are alive; never by what the agent says of itself. \`hitch/testing\` exports the same tests for providers of your own:

\`\`\`ts
import { after, test } from "node:test";
import { behaviours, openBench, type Subject } from "hitch/testing";

export function holdToAll(subject: Subject): void {
  const bench = openBench(subject);
  after(() => bench.close());
  for (const { title, run } of behaviours) test(title, async () => void (await run(bench)));
}
\`\`\`

A word in parentheses is the way: of getting a value, of enforcing permissions, or the code of an error where agents differ.`;

type Behaviour = (typeof behaviours)[number];

/** In the order of the providers. */
function orderOf(row: Row): number {
  return providers.findIndex(({ id }) => id === familyOf(row));
}

/** `acp:opencode` is one of several that `acp` provides. */
function familyOf({ provider }: Row): string {
  return provider.replace(/:.*/, "");
}

function labelOf({ title, required }: Behaviour): string {
  return required ? `**${title}**` : title;
}

function answerOf({ cells }: Row, { id }: Behaviour): string {
  const cell = cells[id];
  if (cell === undefined) return "?";
  return cell.via === undefined ? cell.answer : `${cell.answer} (${cell.via})`;
}

function reasonsOf({ subject, cells }: Row): string {
  const noes = behaviours.flatMap(({ id, title }) => {
    const cell = cells[id];
    return cell === undefined || cell.answer === "yes"
      ? []
      : [`- ${title}: ${cell.reason ?? "it should, and doesn't"}`];
  });
  return [`### ${subject}`, noes.length > 0 ? noes.join("\n") : "Nothing: it does all of it."].join("\n\n");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escape).join(" | ")} |`).join("\n");
}

function escape(text: string): string {
  return text.replaceAll("|", "\\|");
}
