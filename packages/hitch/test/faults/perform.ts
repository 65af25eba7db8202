/** Plays one row: starts its host, lets the fault happen at its moment, and looks at what came of it. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endProcesses, filesLeft, journalFaults, processesLeft } from "./left.ts";
import type { Outcome, Row } from "./row.ts";
import { replayExecutable, type Scene, setScene, storyExecutable, untilLeft } from "./scene.ts";

/** What a row came to. It survived if the verdict is the expected one, and nothing is lost or left. */
export interface Played {
  readonly id: string;
  readonly fault: string;
  readonly moment: string;
  readonly expected: string;
  readonly actual: string;
  /** Events that are not in the journal, or not whole, or never came. */
  readonly lost: readonly string[];
  /** Processes, files and descriptors. */
  readonly left: readonly string[];
  /** What the run said about it. */
  readonly message?: string;
}

/** How long a run may take to end once something went wrong. */
const boundMs = 45_000;

/** Plays a row in `root`, which is there no more afterwards. */
export async function perform(row: Row, root: string, marker: string): Promise<Played> {
  const scene = setScene(row, root, marker);
  const { id, fault, moment, expected } = row;
  try {
    row.prepare?.(scene);
    const host = scene.start(requestOf(row, scene));
    const undo = await letItHappen(row, scene);
    if (expected === "dead") return { id, fault, moment, expected, ...(await afterDeath(row, scene)) };
    const outcome = await Promise.race([host.outcome, sleep(boundMs, "hangs" as const, { ref: false })]);
    if (outcome === "hangs") return { id, fault, moment, expected, actual: "hangs", lost: [], left: [] };
    undo?.();
    const said = { actual: verdictOf(row, outcome, scene), message: outcome.message ?? outcome.warnings.join("; ") };
    const lost = [...eventsLost(row, outcome), ...journalFaults(scene, outcome)];
    const files = row.isSweptLater === true ? [] : await filesLeft(scene, outcome.warnings);
    host.command(row.isSweptLater === true ? "look now" : "look");
    const { moreDescriptors, names } = await host.look;
    const open = moreDescriptors > 0 && !row.isSweptLater ? [`${moreDescriptors} descriptors: ${names.join(" ")}`] : [];
    const exit = await Promise.race([host.exit, sleep(5_000, "goes on", { ref: false })]);
    const ending = exit === 0 ? [] : [`the host ${exit === "goes on" ? "does not end" : `ended with ${exit}`}`];
    if (row.isSweptLater === true) files.push(...(await filesAfterNextStart(row, scene)));
    const left = [...open, ...files, ...ending, ...(await processesLeft(scene))];
    return { id, fault, moment, expected, ...said, lost, left };
  } catch (error) {
    return { id, fault, moment, expected, actual: `broken: ${(error as Error).message}`, lost: [], left: [] };
  } finally {
    endProcesses(scene);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

function requestOf(row: Row, { cwd, folder }: Scene): object {
  const { replay, moment, does, story, consumer, times, padBytes, padEnv } = row;
  const fill = (text: string): string => text.replaceAll("$CWD", cwd).replaceAll("$FOLDER", folder);
  const options = JSON.parse(fill(JSON.stringify({ cwd, ...row.options }))) as Record<string, unknown>;
  if (replay) {
    const file = join(folder, "printed");
    writeFileSync(file, replay.stdout);
    const env = { ...(options.env as object), REPLAY: JSON.stringify({ file, end: replay.end }) };
    return { prompt: "Do it.", provider: replay.provider, executable: replayExecutable, options: { ...options, env } };
  }
  const withOutput = moment === "mid-output" || story?.withOutput === true;
  const at = row.strike || does ? moment : undefined;
  const prompt = fill(JSON.stringify({ folder, at, does, ...story, withOutput }));
  const executable = options.executable ?? storyExecutable;
  return { prompt, executable, options, consumer, times, padBytes, padEnv, withSchema: withOutput };
}

/** The strike, when the agent has come to the moment and waits. Before the agent there is only the row's `prepare`. */
async function letItHappen(row: Row, scene: Scene): Promise<(() => void) | undefined> {
  if (!row.strike) return undefined;
  if (row.moment === "during kill") {
    await untilLeft(scene, "hangs", boundMs);
    scene.host.command("cancel");
  }
  await untilLeft(scene, "at", boundMs);
  const undo = await row.strike(scene);
  writeFileSync(join(scene.folder, "go"), "");
  return undo ?? undefined;
}

/** A killed host: what was alive must be gone within five seconds; what was seen must be stored. */
async function afterDeath(row: Row, scene: Scene): Promise<Pick<Played, "actual" | "lost" | "left">> {
  const how = await scene.host.exit;
  const seen = scene.host.lastSeen();
  if (row.isSweptLater === true) await sweepByNextStart(row, scene);
  const left = [...(await processesLeft(scene)), ...(await filesLeft(scene))];
  return {
    actual: how === "SIGKILL" ? "dead" : `ended with ${how}`,
    lost: journalFaults(scene, undefined, seen),
    left,
  };
}

async function filesAfterNextStart(row: Row, scene: Scene): Promise<string[]> {
  await sweepByNextStart(row, scene);
  return filesLeft(scene);
}

async function sweepByNextStart(row: Row, scene: Scene): Promise<void> {
  const next = scene.start({
    ...requestOf({ ...row, moment: "never", options: {}, story: { withOutput: false } }, scene),
  });
  await next.outcome;
  next.command("look");
  await next.exit;
}

function verdictOf(row: Row, outcome: Outcome, scene: Scene): string {
  const [verdict = "none"] = new Set(outcome.verdicts);
  if (outcome.verdicts.some((one) => one !== verdict)) return [...new Set(outcome.verdicts)].join(" and ");
  const wrong = row.check?.(outcome, scene);
  return wrong === undefined ? verdict : `${verdict}, but ${wrong}`;
}

/** A run of the story that is completed has told all of it, in order. */
function eventsLost(row: Row, { verdicts, heard, lastSeq, isInOrder, texts }: Outcome): string[] {
  const told = ["One.", "Two.", "Three.", "Done."];
  const isWhole =
    row.replay !== undefined ||
    verdicts[0] !== "completed" ||
    row.times !== undefined ||
    told.every((text) => texts.includes(text));
  const isRead =
    row.consumer !== undefined || row.times !== undefined || heard === lastSeq + 1 || isRefused(heard, lastSeq);
  return [
    ...(isWhole ? [] : [`of the answer only ${texts.join(" ")} came`]),
    ...(isRead ? [] : [`${heard} events were heard, but ${lastSeq + 1} read`]),
    ...(isInOrder ? [] : ["events came out of order"]),
  ];
}

/** A call that is refused before its options are known has no listener yet, and one event. */
function isRefused(heard: number, lastSeq: number): boolean {
  return heard === 0 && lastSeq === 0;
}
