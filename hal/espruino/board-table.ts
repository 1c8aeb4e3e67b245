/**
 * HOST: the boards there are, and what the firmware takes of them. Figures of the boards are those of the
 * interpreter's own board files (2v29); what the firmware takes is measured, `docs/board.md` says how.
 */

export interface BoardType {
  /** `process.env.BOARD` on it. */
  readonly id: string;
  readonly name: string;
  readonly variables: number;
  /** Flash storage for files, bytes. */
  readonly storageBytes: number;
  /** Smallest piece of it that can be erased. */
  readonly pageBytes: number;
}

export const BOARD_TYPES: readonly BoardType[] = [
  { id: 'ESPRUINOBOARD', name: 'Original', variables: 2756, storageBytes: 20480, pageBytes: 2048 },
  { id: 'PICO_R1_3', name: 'Pico', variables: 5100, storageBytes: 49152, pageBytes: 16384 },
  { id: 'ESPRUINOWIFI', name: 'WiFi', variables: 8190, storageBytes: 65536, pageBytes: 65536 },
  { id: 'PUCKJS', name: 'Puck.js', variables: 2630, storageBytes: 40960, pageBytes: 4096 },
  { id: 'MDBT42Q', name: 'MDBT42Q', variables: 2950, storageBytes: 40960, pageBytes: 4096 },
  { id: 'PIXLJS', name: 'Pixl.js', variables: 2950, storageBytes: 36864, pageBytes: 4096 },
  { id: 'MICROBIT2', name: 'micro:bit 2', variables: 6000, storageBytes: 40960, pageBytes: 4096 },
  { id: 'NUCLEOF411RE', name: 'Nucleo F411', variables: 7423, storageBytes: 131072, pageBytes: 131072 },
  { id: 'BANGLEJS2', name: 'Bangle.js 2', variables: 12000, storageBytes: 8388608, pageBytes: 4096 },
  { id: 'JOLTJS', name: 'Jolt.js', variables: 12000, storageBytes: 409600, pageBytes: 4096 },
  { id: 'ESP32', name: 'ESP32', variables: 16383, storageBytes: 917504, pageBytes: 4096 },
  { id: 'ESP32C3_IDF4', name: 'ESP32-C3', variables: 4095, storageBytes: 917504, pageBytes: 4096 },
  { id: 'ESP8266_4MB', name: 'ESP8266', variables: 1700, storageBytes: 196608, pageBytes: 4096 },
];

/** What a board of this name calls itself. */
export function boardIdOf(name: string | null): string | undefined {
  return BOARD_TYPES.find((board) => board.name === name)?.id;
}

/** What kind of board this is that calls itself so. */
function boardText(id: string): string {
  const type = BOARD_TYPES.find((board) => board.id === id);
  return type === undefined ? id : `${type.name} (${id})`;
}

/** Two boards were mixed up, or the boards file is wrong; null: it is as expected. */
export function otherBoard(expectedId: string | undefined, id: string): string | null {
  if (expectedId === undefined || expectedId === id) return null;
  return `this board is a ${boardText(id)}, and the boards file expects a ${boardText(expectedId)}. Is it the right port? Else correct "board" in the boards file`;
}

/**
 * Variables that a board has to have for the firmware with its data, over those of a fresh interpreter: what was
 * measured, and room to grow. A test holds the record in `docs/board.md` below these, and the measurement itself where
 * an interpreter is at hand.
 */
export const VARIABLES_NEEDED = { lockstep: 3500, freeRunning: 3500 } as const;

/** Left free for what the interpreter itself needs: pins in use, a line being read, Bluetooth. An estimate. */
export const VARIABLES_SPARE = 300;

/** A file's header in the storage of a board, and what a file is rounded up to. */
const HEADER_BYTES = 32;
const ALIGNED_BYTES = 8;
/** The boot code, the switch, and the stored prescription of a free-running pump; its ledger takes what is left. */
const SMALL_FILES_BYTES = 1024;

export function storedBytes(bytes: number): number {
  return HEADER_BYTES + Math.ceil(bytes / ALIGNED_BYTES) * ALIGNED_BYTES;
}

export interface Fit {
  readonly fitsVariables: boolean;
  /** Whole copies of the firmware that its storage holds: two make an upload safe at every moment. */
  readonly copies: number;
  readonly verdict: string;
}

export function fitOf(board: BoardType, bundleBytes: number, variablesNeeded: number): Fit {
  const free = board.variables - variablesNeeded;
  const fitsVariables = free >= VARIABLES_SPARE;
  const copies = Math.floor((board.storageBytes - SMALL_FILES_BYTES) / storedBytes(bundleBytes));
  let verdict: string;
  if (!fitsVariables) {
    verdict =
      free < 0 ? `does not fit: ${-free} variables short` : `does not fit: only ${free} variables left`;
  } else if (copies === 0) {
    verdict = 'does not fit: its storage is smaller than the firmware';
  } else if (copies === 1) {
    verdict = `fits, ${free} variables left; storage for one copy, so a cut upload leaves none`;
  } else {
    verdict = `fits, ${free} variables left`;
  }
  return { fitsVariables, copies: Math.min(copies, 2), verdict };
}
