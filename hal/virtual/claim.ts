/** HOST: what one virtual board has for itself as long as it is on: its link, the folder with its flash storage. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Of this process; a lock file with this process's number that is not among them is left over from another life. */
const own = new Set<string>();

/** Another virtual board has it. */
class TakenError extends Error {
  override readonly name = 'InfrastructureError';
}

/** `what` is taken by the file `lock`, until the function that is returned is called, or this process ends. */
export function claim(what: string, lock: string): () => void {
  const holder = holderOf(lock);
  if (holder !== null) {
    throw new TakenError(
      `${what}: a virtual board is there already, process ${holder}; if it is none, remove ${lock}`,
    );
  }
  rmSync(lock, { force: true });
  writeFileSync(lock, String(process.pid), { flag: 'wx' });
  own.add(lock);
  const release = (): void => {
    process.off('exit', release);
    own.delete(lock);
    rmSync(lock, { force: true });
  };
  process.on('exit', release);
  return release;
}

/** The process that has it, if that still runs: one that was killed leaves its lock file. */
function holderOf(lock: string): number | null {
  let pid: number;
  try {
    pid = Number(readFileSync(lock, 'utf8'));
  } catch {
    return null;
  }
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (pid === process.pid) return own.has(lock) ? pid : null;
  try {
    // Signal 0 only asks.
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // It runs, and is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : null;
  }
}
