/** A Git repository for rows that need one. */
import { execFileSync } from "node:child_process";
import type { Scene } from "./scene.ts";

const commit = [
  "-c",
  "user.name=test",
  "-c",
  "user.email=test@localhost",
  "commit",
  "-q",
  "--allow-empty",
  "-m",
  "first",
];

/** Makes the row's directory one, with one commit. */
export function makeRepository({ cwd }: Pick<Scene, "cwd">): void {
  for (const args of [["init", "-q"], commit]) execFileSync("git", args, { cwd });
}
