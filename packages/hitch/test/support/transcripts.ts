import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decideVerdict, type Verdict } from "../../src/policy/verdict.ts";
import type { Evidence, Exit, Provider, RunRequest } from "../../src/provider.ts";
import { createObserver } from "../../src/run/observe.ts";
import type { Folded } from "../../src/run/fold.ts";
import type { ErrorCode } from "../../src/vocabulary/codes.ts";
import type { AgentEvent, RunEvent } from "../../src/vocabulary/events.ts";

/** What an agent printed in one run of its real binary. */
export interface Transcript {
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote to its log. */
  readonly log?: string;
  readonly exit: Exit;
}

/** What a transcript must be judged as. */
export interface Expectation {
  readonly code: ErrorCode | "ok";
  /** Must occur in the verdict's message. */
  readonly says?: string;
  /** The final text. */
  readonly text?: string;
  /** How the run differed from a plain one. */
  readonly request?: Partial<RunRequest>;
}

export interface Judged {
  readonly verdict: Verdict;
  readonly folded: Folded;
  readonly events: readonly (AgentEvent | RunEvent)[];
  readonly evidence: readonly Evidence[];
}

const root = join(import.meta.dirname, "..", "transcripts");

export function listTranscripts(provider: string): readonly string[] {
  return readdirSync(join(root, provider)).sort();
}

export function readTranscript(provider: string, name: string): Transcript {
  const read = (file: string): string => readFileSync(join(root, provider, name, file), "utf8");
  const { exitCode, signal } = JSON.parse(read("about.json")) as { exitCode: number | null; signal: string | null };
  const log = existsSync(join(root, provider, name, "log.jsonl")) ? read("log.jsonl") : "";
  return { stdout: read("stdout.jsonl"), stderr: read("stderr.txt"), log, exit: { code: exitCode, signal } };
}

export const plainRequest: RunRequest = {
  prompt: "hi",
  cwd: "/home/me/project",
  addDirs: [],
  permissions: "workspace",
  attachments: [],
  mcpServers: {},
  fork: false,
  env: {},
  scratch: "/home/me/scratch",
  timeouts: {},
  limits: {},
  native: {},
  extraArgs: [],
};

/** Lets the provider decode a transcript as the spine would, and decides. */
export function judge(provider: Provider, transcript: Transcript, request: Partial<RunRequest> = {}): Judged {
  const events: (AgentEvent | RunEvent)[] = [];
  const evidence: Evidence[] = [];
  const decoder = provider.decoder({ ...plainRequest, ...request });
  const observer = createObserver({
    decoder: {
      line: (text) => note(decoder.line(text)),
      stderr: (text) => note(decoder.stderr?.(text) ?? {}),
      log: (text) => note(decoder.log?.(text) ?? {}),
      exit: (exit) => note(decoder.exit?.(exit) ?? {}),
    },
    raw: false,
    redact: (text) => text,
    publish: (published) => events.push(...published),
    reply: () => undefined,
    closeStdin: () => undefined,
    onOutput: () => undefined,
    onOver: () => undefined,
  });
  function note(decoded: ReturnType<typeof decoder.line>): ReturnType<typeof decoder.line> {
    evidence.push(...(decoded.evidence ?? []));
    return decoded;
  }
  observer.take("stderr", new TextEncoder().encode(transcript.stderr));
  observer.take("stdout", new TextEncoder().encode(transcript.stdout));
  observer.finish(transcript.exit, new TextEncoder().encode(transcript.log ?? ""));
  const verdict = decideVerdict(observer.observed(transcript.exit, false, false));
  return { verdict, folded: observer.folded, events, evidence };
}
