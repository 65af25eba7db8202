/** A worktree of 100,000 files: made by git, with a look at its status, and made by Hitch for a run. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare, type Measured } from "./measure.ts";
import { startRunningHost } from "./running-host.ts";

export const fileCount = 100_000;

/** Of Hitch, in a host that goes on, it is the time until the agent starts; how much of it is the processor's is not known. */
export async function benchWorktree(times: number): Promise<Record<"git" | "hitch", readonly Measured[]>> {
  const directory = mkdtempSync(join(tmpdir(), "hitch-bench-"));
  const repository = join(directory, "repository");
  const host = fileURLToPath(new URL("hosts/worktree.ts", import.meta.url));
  const env = { HITCH_STATE_DIR: join(directory, "state") };
  const script = 'git worktree add --quiet --detach "$0" && git -C "$0" status --short';
  let made = 0;
  try {
    makeRepository(repository);
    await using running = await startRunningHost({ args: [process.execPath, host, repository], env });
    return await compare(
      {
        git: () => ({ args: ["sh", "-c", script, join(directory, `worktree-${made++}`)], cwd: repository }),
        hitch: async () => ({ ...(await running.run()), cpuMs: Number.NaN }),
      },
      times,
    );
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A hundred files of a kilobyte in each of a thousand directories, committed and checked out. */
function makeRepository(directory: string): void {
  mkdirSync(directory);
  const git = (args: readonly string[], input = ""): void => void execFileSync("git", args, { cwd: directory, input });
  git(["init", "--quiet", "--initial-branch=main"]);
  const files = Array.from({ length: fileCount }, (_, index) => {
    const content = `${index}\n`.repeat(200).slice(0, 1_000);
    return `M 100644 inline d${Math.floor(index / 100)}/f${index}\ndata ${content.length}\n${content}\n`;
  });
  const author = "committer A <a@example.org> 0 +0000\ndata 1\nx\n";
  git(["fast-import", "--quiet"], `commit refs/heads/main\n${author}${files.join("")}`);
  git(["reset", "--quiet", "--hard"]);
}
