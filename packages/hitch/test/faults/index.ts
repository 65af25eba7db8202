/**
 * `npm run test:faults [-- --short] [-- --only TEXT] [-- --seed NUMBER]`: plays the table of faults and a soak. If all of
 * the table went well, it is written to `faults.json`. `--short` is for CI, `--only` plays the rows with TEXT in their id.
 */
import { root, run } from "./surroundings.ts";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { playAll } from "./play-all.ts";
import { soak } from "./soak.ts";
import { survived, writeReport } from "./report.ts";
import { allGroups, shortGroups } from "./tables/index.ts";

const given = process.argv.slice(2);
const isShort = given.includes("--short");
const seed = given.includes("--seed") ? Number(given[given.indexOf("--seed") + 1]) : Date.now() % 1_000_000;
const only = given.includes("--only") ? (given[given.indexOf("--only") + 1] ?? "") : "";

try {
  const groups = (isShort ? shortGroups() : allGroups).map(({ name, rows }) => ({
    name,
    rows: rows.filter(({ id }) => id.includes(only)),
  }));
  const startedAt = performance.now();
  const played = await playAll(
    groups.filter(({ rows }) => rows.length > 0),
    root,
    run,
  );
  const isCalm = only !== "" || (await soak(isShort ? 40 : 500, seed, join(root, "soak"), `${run}/soak.`));
  const failed = played.filter((row) => !survived(row));
  const count = (of: "lost" | "left"): number => played.filter((row) => row[of].length > 0).length;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const counts = [`${played.length - failed.length} survived`, `${count("lost")} lost`, `${count("left")} left behind`];
  console.log(`${played.length} rows, ${counts.join(", ")} (${seconds} s)`);
  if (failed.length === 0 && played.length === allGroups.flatMap(({ rows }) => rows).length) writeReport(played);
  process.exitCode = failed.length > 0 || !isCalm ? 1 : 0;
} finally {
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}
