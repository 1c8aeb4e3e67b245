/**
 * HOST: the virtual board's flash storage: files by name, one file each in a folder so that they survive a restart, or
 * in memory. Like the real one it is no journal: writing the first part of a file takes its old contents away.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names are cut to this, silently, as on the board. */
const NAME_CHARACTERS = 28;
const HEADER_BYTES = 32;
const ERASED = 0xff;
const STORAGE_BYTES = 262_144;
/** In the folder, and no file of the flash: names of those have no bare percent sign. */
export const STORAGE_LOCK = '%lock';

export class FlashStorage {
  private readonly folder: string | null;
  private readonly files = new Map<string, Buffer>();

  constructor(folder: string | null) {
    this.folder = folder;
    if (folder === null) return;
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder).sort()) {
      if (file === STORAGE_LOCK) continue;
      this.files.set(decodeURIComponent(file), readFileSync(join(folder, file)));
    }
  }

  read(name: string): Buffer | null {
    return this.files.get(cut(name)) ?? null;
  }

  list(): string[] {
    return [...this.files.keys()];
  }

  freeBytes(): number {
    const used = [...this.files.values()].reduce((sum, file) => sum + HEADER_BYTES + file.length, 0);
    return Math.max(0, STORAGE_BYTES - used);
  }

  /** Returns what the board says is wrong, or null. `total` 0: the data is the whole file. */
  write(name: string, data: Buffer, offset: number, total: number): string | null {
    const key = cut(name);
    const bytes = total === 0 ? offset + data.length : total;
    let file = this.files.get(key);
    if (offset === 0) {
      const freed = file === undefined ? 0 : file.length + HEADER_BYTES;
      if (bytes + HEADER_BYTES > this.freeBytes() + freed) return 'Unable to find or create file';
      file = Buffer.alloc(bytes, ERASED);
    }
    if (file === undefined) return 'Unable to find or create file';
    if (offset + data.length > file.length) return 'Too much data for file size';
    data.copy(file, offset);
    this.files.set(key, file);
    if (this.folder !== null) writeFileSync(this.pathOf(this.folder, key), file);
    return null;
  }

  erase(name: string): boolean {
    const key = cut(name);
    if (!this.files.delete(key)) return false;
    if (this.folder !== null) rmSync(this.pathOf(this.folder, key), { force: true });
    return true;
  }

  eraseAll(): void {
    for (const name of this.list()) this.erase(name);
  }

  /** Leaves next to no room, as on a board that carries other things. */
  fill(): void {
    const bytes = this.freeBytes() - HEADER_BYTES - 64;
    if (bytes > 0) this.files.set('other', Buffer.alloc(bytes, ERASED));
  }

  private pathOf(folder: string, name: string): string {
    // Dots stay as they are in a URL, and these two names are folders.
    return join(
      folder,
      encodeURIComponent(name).replace(/^\.{1,2}$/, (dots) => dots.replaceAll('.', '%2E')),
    );
  }
}

function cut(name: string): string {
  return name.slice(0, NAME_CHARACTERS);
}
