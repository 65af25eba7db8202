/** Directories and files that the caller named. */
import { resolve } from "node:path";
import { checkDirectory, checkFile } from "../effects/paths.ts";
import { add, checkList, checkText, refuse, type Findings } from "./check.ts";

export function checkCwd(findings: Findings, given: unknown, base: string): string {
  const cwd = resolve(base, checkText(findings, "cwd", given) ?? ".");
  const problem = checkDirectory(cwd);
  if (problem !== undefined) {
    add(findings, {
      code: "cwd-not-found",
      option: "cwd",
      reason: problem,
      message: `cwd: ${cwd} is ${inWords[problem]}`,
    });
  }
  return cwd;
}

export function checkAddDirs(findings: Findings, given: unknown, base: string): readonly string[] {
  return checkList(findings, "addDirs", given).map((name) => {
    const directory = resolve(base, name);
    const problem = checkDirectory(directory);
    if (problem) refuse(findings, "addDirs", problem, `addDirs: ${directory} is ${inWords[problem]}`);
    return directory;
  });
}

export function checkAttachments(findings: Findings, given: unknown, base: string): readonly string[] {
  return checkList(findings, "attachments", given).map((name) => {
    const file = resolve(base, name);
    const problem = checkFile(file);
    if (problem) refuse(findings, "attachments", problem, `attachments: ${file} is ${inWords[problem]}`);
    return file;
  });
}

const inWords = {
  missing: "missing",
  "not-a-directory": "not a directory",
  "not-a-file": "not a file",
  "not-accessible": "not accessible for this user",
  unreadable: "not readable for this user",
};
