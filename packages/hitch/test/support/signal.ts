/**
 * Sends a signal to one process that a test has found. Throws for what is no process's id: `process.kill(0)` ends the
 * whole group of the test run, -1 everything there is, 1 is the machine's or the container's first process.
 *
 * @throws the system's error, code `ESRCH`, if the process is gone.
 */
export function signalProcess(pid: number | undefined, signal: NodeJS.Signals = "SIGKILL"): void {
  if (pid === undefined || !Number.isSafeInteger(pid) || pid <= 1)
    throw new Error(`${pid} is no process that was found`);
  process.kill(pid, signal);
}

/** The ids in `/proc/<pid>/task/<pid>/children`. */
export function readPids(text: string): number[] {
  return text.split(/\s+/).filter(Boolean).map(Number);
}
