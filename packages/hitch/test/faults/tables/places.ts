/** Somebody is killed while the agent is in a sandbox or in a worktree: nothing of those stays either. */
import { makeRepository } from "../repository.ts";
import { across, type Row } from "../row.ts";
import * as strikes from "../strikes.ts";

const worktree = { prepare: makeRepository, options: { workspace: "worktree" } };
const sandbox = { needs: "sandbox", options: { sandbox: { writable: ["$FOLDER"] } } } as const;
const when = (usual: string): Record<string, string> => ({
  ...{ "mid-text": usual, "mid-tool": usual, "after result": usual },
  "during kill": usual === "dead" ? "dead" : "cancelled",
});

const inPlaces = (name: string, place: Pick<Row, "needs" | "options" | "prepare">): Row[] => [
  ...across(
    `kill -9 of the host, ${name}`,
    { ...place, strike: strikes.killHost, isSweptLater: true, expected: "" },
    when("dead"),
  ),
  ...across(
    `kill -9 of the host and the reaper, ${name}`,
    { ...place, strike: strikes.killHostAndReaper, isSweptLater: true, expected: "" },
    when("dead"),
  ),
  ...across(
    `kill -9 of the reaper, ${name}`,
    { ...place, strike: strikes.killReaper, expected: "" },
    when("completed"),
  ),
  ...across(`kill -9 of the agent, ${name}`, { ...place, strike: strikes.killAgent, expected: "" }, when("crashed")),
];

export const places: readonly Row[] = [
  ...inPlaces("in a worktree", worktree),
  ...across(
    "the disk is full, in a worktree",
    { ...worktree, strike: strikes.fillDisk, around: { ownDisk: true }, expected: "" },
    when("completed"),
  ),
  ...inPlaces("in a sandbox", sandbox),
];
