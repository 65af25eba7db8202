/** Why an agent could not be started. */
export type StartFailure =
  | "executable-not-found"
  | "executable-not-runnable"
  | "cwd-not-found"
  | "argument-too-long"
  | "spawn-failed"
  | "sandbox-failed";

/** An agent could not be started; nothing of it is left running. */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly reason: StartFailure;
  /** The executable or directory that was at fault. */
  readonly path: string;

  constructor(reason: StartFailure, path: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.path = path;
  }
}
