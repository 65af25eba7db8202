// Descriptors that a child of ours would have without being given them: those without FD_CLOEXEC. Node sets it on its own.
import { readdirSync } from "node:fs";
import { readText } from "./proc.ts";

const CLOSE_ON_EXEC = 0o2000000;

/** In ascending order. None where the system does not tell. */
export function listInherited(): readonly number[] {
  const names = readNames("/proc/self/fdinfo");
  const open = names.filter((name) => {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readText(`/proc/self/fdinfo/${name}`) ?? "")?.[1];
    return flags !== undefined && (parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  });
  return open.map(Number).sort((left, right) => left - right);
}

function readNames(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // There is no /proc here, so there is no sandbox either.
  }
}
