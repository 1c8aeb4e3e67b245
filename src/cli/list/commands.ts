/** `thecal list commands`: what the pump can be told, and how a scenario says it. */
import { COMMAND_KINDS } from '../../core/commands.ts';
import { columns, type Listing } from './listing.ts';

interface CommandWords {
  readonly write: string;
  readonly meaning: string;
}

/** Keyed by the firmware's own table, so that a command can't be left out. */
const WORDS: Readonly<Record<(typeof COMMAND_KINDS)[number], CommandWords>> = {
  stop: { write: 'command: stop', meaning: 'stop delivery from this tick on' },
  resume: { write: 'command: resume', meaning: 'end a commanded stop; what was missed is not made up' },
  program: {
    write: 'command: { program: { mode: continuous, dose: 300 ug/day } }',
    meaning: 'a whole new therapy; { concentration: 1000 ug/mL } keeps it for another concentration',
  },
  'low-reservoir': {
    write: 'command: { low-reservoir: 2 mL }',
    meaning: 'the computed volume at which the low-reservoir alarm comes',
  },
  refill: {
    write: 'refill: 38 mL',
    meaning: 'withdraw everything, fill, and program the volume; an entry of its own, not under command',
  },
  silence: { write: 'command: { silence: ALARM }', meaning: 'no tone for a while; see `thecal list alarms`' },
  acknowledge: {
    write: 'command: { acknowledge: ALARM }',
    meaning: 'no more tones, and a latched alarm clears once its condition is gone',
  },
  interrogate: { write: 'command: interrogate', meaning: 'a telemetry session, as at a visit' },
  bolus: {
    write: 'command: { bolus: { dose: 10 ug, over: 10 min } }',
    meaning: 'a dose on top of the basal rate; refused when the mechanism is too slow for it',
  },
  prime: {
    write: 'command: { prime: 485 uL }',
    meaning: 'fill tubing and catheter at 24 mL/day before the therapy goes on; it counts as no dose',
  },
  frame: {
    write: 'session: { program: { ... } }',
    meaning: 'bytes over the wand; what a programmer sends in a session, one frame a tick',
  },
};

export function listCommands(): Listing {
  const rows = COMMAND_KINDS.map((name) => ({ name, ...WORDS[name] }));
  return {
    rows,
    lines: (paint, width) =>
      columns(
        ['command', 'in a scenario', 'meaning'],
        rows.map(({ name, write, meaning }) => [name, write, meaning]),
        paint,
        width,
      ),
  };
}
