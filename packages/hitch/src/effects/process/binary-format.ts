import { closeSync, openSync, readdirSync, readSync } from "node:fs";

const START_LENGTH = 256;
const ELF = "\x7fELF";
// The bytes of an ELF header that name word size and byte order, and the machine.
const CLASS = [4, 6] as const;
const MACHINE = [18, 20] as const;

/** The first bytes of a file, one character each; `undefined` when it may not be read, as programs may be. */
export function readStart(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, "r");
    const start = Buffer.alloc(START_LENGTH);
    return start.toString("latin1", 0, readSync(descriptor, start));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * Whether a program is made for another system (Linux only). It has to be asked beforehand: what the kernel refuses
 * is handed to /bin/sh by execvp(3), which then chokes on the bytes.
 */
export function isForeignBinary(start: string): boolean {
  if (process.platform !== "linux" || !start.includes("\0") || start.startsWith("#!") || runsForeignBinaries())
    return false;
  if (!start.startsWith(ELF)) return true;
  const own = readStart(process.execPath) ?? start;
  return (
    [CLASS, MACHINE].some(([from, to]) => own.slice(from, to) !== start.slice(from, to)) && !is32BitSibling(own, start)
  );
}

/** 32-bit x86 programs run on 64-bit x86 kernels, where their libraries are installed. */
function is32BitSibling(own: string, start: string): boolean {
  return own.charCodeAt(MACHINE[0]) === 0x3e && start.charCodeAt(MACHINE[0]) === 0x03;
}

/** Whether emulators or interpreters for further formats are registered with the kernel. */
function runsForeignBinaries(): boolean {
  try {
    return readdirSync("/proc/sys/fs/binfmt_misc").some((name) => name !== "register" && name !== "status");
  } catch {
    return false; // not mounted
  }
}
