// Who this process is, in words that another process, later or elsewhere, can check.
import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { identify } from "./process-table.ts";

/** The process that opened a run. Pids mean something only within one boot of one machine and one PID namespace. */
export interface Host {
  readonly pid: number;
  readonly startTime: number;
  readonly machine: string;
  readonly bootId: string;
  readonly pidNamespace: string;
}

/** What is left of a host, as far as can be told from here. */
export type HostState =
  | "alive"
  /** Dead, and what it started may live on in our sight. */
  | "dead"
  /** The machine has been started anew since: nothing of it lives. */
  | "from-earlier-boot"
  /** On another machine, or in another PID namespace of this one: can't be told from here. */
  | "out-of-sight";

let self: Host | undefined;

/** This process. */
export function thisHost(): Host {
  self ??= {
    pid: process.pid,
    startTime: identify(process.pid)?.startTime ?? 0,
    machine: readMachineId(),
    bootId: readBootId(),
    pidNamespace: readPidNamespace(),
  };
  return self;
}

/** What has become of `host`, seen from `here`. `startTimeOf` looks up a living process. */
export function judgeHost(host: Host, here: Host, startTimeOf: (pid: number) => number | undefined): HostState {
  if (host.bootId !== here.bootId) return host.machine === here.machine ? "from-earlier-boot" : "out-of-sight";
  if (host.pidNamespace !== here.pidNamespace) return "out-of-sight";
  return startTimeOf(host.pid) === host.startTime ? "alive" : "dead";
}

/** What has become of `host`, seen from this process. */
export function lookAtHost(host: Host): HostState {
  return judgeHost(host, thisHost(), (pid) => identify(pid)?.startTime);
}

function readMachineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim() || hostname();
  } catch {
    return hostname();
  }
}

function readBootId(): string {
  if (process.platform === "linux") return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  if (process.platform !== "darwin") return "unknown";
  return execFileSync("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], { encoding: "utf8" }).trim();
}

function readPidNamespace(): string {
  return process.platform === "linux" ? readlinkSync("/proc/self/ns/pid") : "";
}
