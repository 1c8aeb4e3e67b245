/**
 * BOARD: which pin does what, board by board, as data. Pins are those that the board has on its headers, that no
 * console, crystal or radio uses, with an ADC input where one is read; `docs/board.md` has the wiring.
 */
export interface PinMap {
  /** Each as it calls itself in `process.env.BOARD`. */
  readonly boards: readonly string[];
  /** The motor's four windings, in the order in which they are energised. */
  readonly phases: readonly string[];
  /** One pulse for each whole stroke. */
  readonly feedback: string;
  /** Both need an ADC input. */
  readonly pressure: string;
  readonly supply: string;
  /** PWM makes the notes; any pin makes clicks. */
  readonly buzzer: string;
}

export const PIN_MAPS: readonly PinMap[] = [
  {
    boards: ['PICO_R1_3', 'ESPRUINOWIFI'],
    phases: ['B15', 'B14', 'B13', 'B10'],
    feedback: 'B3',
    pressure: 'A5',
    supply: 'A6',
    buzzer: 'B1',
  },
  {
    boards: ['MDBT42Q'],
    phases: ['D14', 'D15', 'D16', 'D17'],
    feedback: 'D18',
    pressure: 'D28',
    supply: 'D29',
    buzzer: 'D20',
  },
  {
    boards: ['PIXLJS'],
    phases: ['D8', 'D9', 'D10', 'D11'],
    feedback: 'D12',
    pressure: 'A0',
    supply: 'A1',
    buzzer: 'D7',
  },
  // On a computer: of a build of the interpreter, pins that go nowhere; of the virtual board, to a bench.
  {
    boards: ['LINUX', 'VIRTUAL'],
    phases: ['D1', 'D2', 'D3', 'D4'],
    feedback: 'D5',
    pressure: 'D6',
    supply: 'D7',
    buzzer: 'D8',
  },
];

export function pinMapOf(board: string): PinMap | null {
  for (let i = 0; i < PIN_MAPS.length; i++) {
    if (PIN_MAPS[i]!.boards.indexOf(board) >= 0) return PIN_MAPS[i]!;
  }
  return null;
}

/** An ADC reading, the share of the reference, as an integer. */
export const ADC_FULL = 65536;

/** A ratiometric sensor that gives 20 % of the reference at 0 Pa and 80 % at 150 kPa. Nearer the rails it is broken. */
export const PRESSURE_ZERO_RAW = 13107;
export const PRESSURE_SPAN_RAW = 39322;
export const PRESSURE_SPAN_PA = 150000;
export const PRESSURE_LOWEST_RAW = 2600;
export const PRESSURE_HIGHEST_RAW = 62900;

/** The cell comes over two equal resistors. */
export const SUPPLY_DIVIDER = 2;
export const REFERENCE_MV = 3300;

/** A stroke of the mechanism: so many steps of the motor, each so long. Well under a tick. */
export const STEPS_PER_STROKE = 96;
export const STEP_MS = 4;

/** Notes: frequency and length; 0 Hz is a pause. A pattern is over before the next tick. */
export const TONE_NOTES: readonly (readonly (readonly [number, number])[])[] = [
  [[2000, 300]],
  [
    [2500, 200],
    [0, 50],
    [1800, 200],
  ],
];

/** The board looks at its clock this often. */
export const LOOK_MS = 1000;

/** The board starts anew when no tick returned for so long. */
export const WATCHDOG_SECONDS = 10;
