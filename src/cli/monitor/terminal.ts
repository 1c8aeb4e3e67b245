/** The whole terminal as a screen that is drawn again and again, and the keys typed at it. Left as it was found. */
import {
  cursorHide,
  cursorShow,
  cursorTo,
  enterAlternativeScreen,
  eraseDown,
  eraseEndLine,
  exitAlternativeScreen,
} from 'ansi-escapes';
import type { ScreenSize } from './screen.ts';

/** Long lines end at the edge; the package has no name for these two. */
const WRAP_OFF = '\x1b[?7l';
const WRAP_ON = '\x1b[?7h';
/** What a terminal that knows no size is taken for. */
const USUAL: ScreenSize = { columns: 80, rows: 24 };

export class TerminalScreen {
  private readonly onKey: (key: string) => void;
  private isOpen = false;

  /** `onKey` gets Ctrl-C, too. */
  constructor(onKey: (key: string) => void) {
    this.onKey = onKey;
  }

  open(): void {
    this.isOpen = true;
    process.on('exit', this.close);
    process.stdout.write(enterAlternativeScreen + cursorHide + WRAP_OFF);
    if (!process.stdin.isTTY) return;
    process.stdin.setRawMode(true);
    process.stdin.on('data', this.type).resume();
  }

  size(): ScreenSize {
    const { columns, rows } = process.stdout;
    return columns > 0 && rows > 0 ? { columns, rows } : USUAL;
  }

  draw(lines: readonly string[]): void {
    const text = lines.map((line) => line + eraseEndLine).join('\r\n');
    process.stdout.write(cursorTo(0, 0) + text + eraseDown);
  }

  readonly close = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off('exit', this.close);
    process.stdout.write(WRAP_ON + cursorShow + exitAlternativeScreen);
    if (!process.stdin.isTTY) return;
    process.stdin.off('data', this.type).pause();
    process.stdin.setRawMode(false);
  };

  private readonly type = (bytes: Buffer): void => this.onKey(bytes.toString());
}
