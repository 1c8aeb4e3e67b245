/**
 * The tables in the documents that restate code: alarms, faults, figures, events, commands, and how fast an
 * occlusion is noticed. Run as a script it writes them between their markers; `tests/docs.test.ts` fails when one is
 * stale or when the code has a row, a figure or a name that nothing here explains.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { SimTarget } from '../hal/sim/target.ts';
import { ALARMS } from '../src/core/alarms/table.ts';
import { COMMAND_KINDS, COMMAND_OUTCOMES } from '../src/core/commands.ts';
import * as config from '../src/core/config.ts';
import { EVENT_KINDS, type EventKind } from '../src/core/events.ts';
import { PERMISSIONS } from '../src/core/permission.ts';
import { TICKS_PER_DAY } from '../src/core/units.ts';
import { formatQuantity, KINDS, type QuantityKind } from '../src/scenario/quantity.ts';
import type { Scenario } from '../src/scenario/scenario.ts';
import { formatDuration } from '../src/scenario/time.ts';
import { argumentText } from '../src/trace/words.ts';
import type { FaultSpec, OptionSpec } from '../sim/faults/fault.ts';
import { FAULTS } from '../sim/faults/index.ts';
import { PROJECT_ROOT, projectPath, sourceFiles } from './core-hash.ts';
import { LIBRARY, libraryFiles } from './library.ts';

/** Documents with generated tables, relative to the root. */
export const DOCUMENTS = [
  'docs/alarms.md',
  'docs/fault-model.md',
  'docs/fidelity.md',
  'docs/incidents.md',
  'docs/trace.md',
] as const;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** The text for a name, or a message that says where to write it. */
function explained(texts: Readonly<Record<string, string>>, name: string, list: string): string {
  const text = texts[name];
  if (text === undefined)
    throw new Error(`${name} is new: say what it is in ${list}, scripts/docs-tables.ts`);
  return text;
}

function millilitres(nl: number): string {
  return formatQuantity(nl, KINDS.volume);
}

// ---------------------------------------------------------------- alarms

const RAISED_WHEN: Readonly<Record<string, string>> = {
  'low-reservoir': `the computed volume is at or under the programmed threshold (as delivered ${millilitres(config.LOW_RESERVOIR_DEFAULT_NL)})`,
  'empty-reservoir': `the computed volume is at or under ${millilitres(config.EMPTY_RESERVOIR_NL)}`,
  'motor-stall': `${config.STALL_STROKES} strokes in a row were not confirmed, or ${config.UNJUDGED_STROKES} could not be judged at all; one confirmed stroke ends it`,
  'catheter-occlusion': `${config.RETAINED_STROKES} strokes in a row left a pressure behind that stayed, or ${config.SLIP_READINGS} readings in a row are near the slip; a probe stroke that runs off ends it, or ${config.DRAINED_PROBES} in a row that drain within ${formatDuration(config.REST_SAMPLE_TICKS)}`,
  'elective-replacement': `${config.ERI_PERMILLE / 10} % of the charge is drawn by the books, or ${config.LOW_SUPPLY_READINGS} readings in a row are at or under ${config.ERI_LOADED_MV} mV loaded or ${config.ERI_RESTING_MV} mV at rest; for good`,
  'end-of-service': `${formatDuration(config.ERI_TO_EOS_TICKS)} have passed since elective replacement, or ${config.LIFE_TICKS / TICKS_PER_DAY} days since tick 0; for good`,
  'low-battery-reset': `the loaded supply is at or under ${config.RESET_LOADED_MV} mV, until it is over ${config.RESET_OVER_LOADED_MV} mV`,
  'stopped-too-long': `the pump was stopped for ${formatDuration(config.STOPPED_TOO_LONG_TICKS)}, by a command or by an alarm; a motor that stalls is not stopped, it has an alarm of its own`,
  'memory-error': 'all copies of the prescription fail their checksum, until one is programmed',
  restarted: 'the pump came back from a loss of power or a reset; a moment, so it ends at once',
  'memory-repaired':
    'one copy failed its checksum and was mended from the other; a moment, so it ends at once',
  'session-left-open': `an update session is open, and no request came for ${formatDuration(config.SESSION_LEFT_OPEN_TICKS)}`,
};

const PERMISSION_WORDS: Readonly<Record<string, string>> = {
  full: 'full',
  minimumRate: 'minimum rate',
  stopped: 'stopped',
};

function alarmTable(): string {
  return table(
    [
      'alarm',
      'class',
      'latching',
      'may still deliver',
      'because',
      'tone, repeated every',
      'silenced for',
      'raised when',
    ],
    ALARMS.map((row) => [
      `\`${row.name}\``,
      row.isCritical ? 'critical' : 'non-critical',
      row.isLatching ? 'yes' : 'no',
      `**${explained(PERMISSION_WORDS, PERMISSIONS[row.permission] ?? '', 'PERMISSION_WORDS')}**`,
      row.reason,
      `${row.isCritical ? 'two-tone' : 'single'}, ${formatDuration(row.repeatTicks)}`,
      formatDuration(row.silenceTicks),
      explained(RAISED_WHEN, row.name, 'RAISED_WHEN'),
    ]),
  );
}

// ---------------------------------------------------------------- faults

const OPTION_KINDS: Readonly<Partial<Record<OptionSpec['type'], QuantityKind>>> = {
  percent: KINDS.percent,
  pressure: KINDS.pressure,
  voltage: KINDS.voltage,
  temperature: KINDS.temperature,
  'volume-rate': KINDS.volumeRate,
};

function optionValue(option: OptionSpec, value: number | string): string {
  if (typeof value === 'string') return value;
  if (option.type === 'duration') return formatDuration(value);
  const kind = OPTION_KINDS[option.type];
  return kind === undefined ? String(value) : formatQuantity(value, kind);
}

function optionRange(option: OptionSpec): string {
  if (option.choices !== undefined) return option.choices.join(', ');
  const low = option.min === undefined ? 'any' : optionValue(option, option.min);
  return option.max === undefined ? `from ${low}` : `${low} to ${optionValue(option, option.max)}`;
}

function faultSection(spec: FaultSpec): string {
  const alarms = spec.revealedBy.map((alarm) => `\`${alarm}\``).join(', ');
  const head = [
    `#### ${spec.kind}`,
    '',
    `${spec.summary[0]!.toUpperCase()}${spec.summary.slice(1)}. Layer: ${spec.layer}. Revealed by: ${alarms === '' ? '**nothing**, the pump cannot know' : alarms}. In \`sim/faults/${spec.kind}.ts\`.`,
    '',
  ];
  if (spec.options.length === 0) return [...head, 'No options.'].join('\n');
  const rows = spec.options.map((option) => [
    `\`${option.name}\``,
    optionRange(option),
    optionValue(option, option.default),
    option.meaning,
  ]);
  return [...head, table(['option', 'range', 'default', 'meaning'], rows)].join('\n');
}

function faultOverview(): string {
  return table(
    ['fault', 'layer', 'what happens', 'alarms that can reveal it'],
    FAULTS.map((spec) => [
      `[${spec.kind}](#${spec.kind})`,
      spec.layer,
      spec.summary,
      spec.revealedBy.length === 0 ? '**none**' : spec.revealedBy.map((alarm) => `\`${alarm}\``).join(', '),
    ]),
  );
}

// ---------------------------------------------------------------- detection, measured

const RATES_ML_PER_DAY = [0.05, 0.2, 0.6, 1, 24] as const;
const COMPLIANCES_PL_PER_PA = [100, 300, 1000, 1200] as const;
/** The weakest, of which 24 mL are a dose that a prescription holds; strokes and pressures are of volumes. */
const DETECTION_CONCENTRATION = 50;

/** A complete occlusion after a quiet day: strokes until it is present, and what is trapped then. */
async function detection(rateMlPerDay: number, compliancePlPerPa: number): Promise<string> {
  const target = new SimTarget({
    seed: 1,
    startHour: 0,
    mechanism: 'peristaltic',
    reservoirNl: 40000000,
    fillNl: 40000000,
    lowReservoirNl: 1,
    lowVolumeFade: false,
    tolerancePpm: 0,
    concentrationUgPerMl: DETECTION_CONCENTRATION,
    catheterLengthMm: 890,
    compliancePlPerPa,
    environment: { noise: false, posture: false, cough: false, flights: false, temperatureMilliC: 37000 },
    therapy: {
      mode: 'continuous',
      unit: 'tenth-ug-per-day',
      rate: Math.round(rateMlPerDay * DETECTION_CONCENTRATION * 10),
    },
    isTickByTick: false,
    hasOracle: false,
  });
  target.stimulate(TICKS_PER_DAY, {
    kind: 'fault',
    id: 'kink',
    fault: 'catheter-occlusion',
    options: { 'diameter-closed': 1000000 },
  });
  const present: number[] = [];
  const observer = {
    event(event: { kind: EventKind; tick: number }) {
      if (event.kind === 'present') present.push(event.tick);
    },
    stateDigest() {
      // of no interest here
    },
    afterTick() {
      // of no interest here
    },
  };
  await target.advance(TICKS_PER_DAY - 1, observer);
  const before = target.pump.motor.requested;
  for (let hour = 1; present.length === 0 && hour <= 48; hour++) {
    await target.advance(TICKS_PER_DAY + hour * 3600, observer);
  }
  const presentTick = present[0];
  if (presentTick === undefined) return 'not within 2 d';
  const strokes = target.pump.motor.requested - before;
  const trapped = formatQuantity(target.read('true.trapped-ul') ?? 0, KINDS.volume);
  return `${strokes} strokes, ${formatDuration(presentTick - TICKS_PER_DAY)}, ${trapped}`;
}

async function detectionTable(): Promise<string> {
  const rows: string[][] = [];
  for (const rate of RATES_ML_PER_DAY) {
    const row = [`${rate} mL/day`];
    for (const compliance of COMPLIANCES_PL_PER_PA) row.push(await detection(rate, compliance));
    rows.push(row);
  }
  const heads = COMPLIANCES_PL_PER_PA.map((compliance) => formatQuantity(compliance, KINDS.compliance));
  return table(['rate', ...heads], rows);
}

// ---------------------------------------------------------------- figures

interface Figure {
  readonly what: string;
  /** Keys of the source list in docs/fidelity.md, or why there is none. */
  readonly source: string;
}

const ESTIMATE = 'estimate';
const derived = (from: string): string => `derived: ${from}`;

/** What the world states as physics or device, and what the firmware believes of its device. */
const FIGURES: Readonly<Record<string, Readonly<Record<string, Figure>>>> = {
  'src/core/config.ts': {
    LINE_MAX_NL: { what: 'most that tubing and catheter hold, nL', source: ESTIMATE },
    PERISTALTIC_STROKE_NL: { what: 'volume of a peristaltic stroke as built, nL', source: ESTIMATE },
    VALVE_ACCUMULATOR_STROKE_NL: {
      what: 'volume of a shot of the valve family as built, nL',
      source: 'JULLIAN (weak)',
    },
    MINIMUM_RATE_NL_PER_HOUR: { what: 'minimum rate, nL an hour (6 uL a day)', source: ESTIMATE },
    FASTEST_NL_PER_DAY: {
      what: 'most that the mechanism gives with a bolus, and the rate of a prime, nL a day (24 mL)',
      source: ESTIMATE,
    },
    INCREASE_PERCENT: {
      what: 'most that the daily dose rises in 24 h, %: no group, adult spinal, adult cerebral, child',
      source: 'LABEL',
    },
    DECREASE_PERCENT: { what: 'most that the daily dose is lowered at once, %', source: 'LABEL' },
    CONFIRM_TICKS: { what: 'a soft limit that was asked about is asked again after', source: 'OPENPCA' },
    LOW_RESERVOIR_DEFAULT_NL: { what: 'low-reservoir threshold as delivered, nL', source: 'RESID-2004' },
    EMPTY_RESERVOIR_NL: {
      what: 'empty by computation, nL',
      source: 'estimate, by analogy with an insulin pump (MM3150)',
    },
    STALL_STROKES: { what: 'unconfirmed strokes that make a stall', source: ESTIMATE },
    UNJUDGED_STROKES: { what: 'strokes without any good look that make a stall', source: ESTIMATE },
    STOPPED_TOO_LONG_TICKS: { what: 'stop that raises an alarm', source: 'GILL-DIS' },
    BATTERY_CAPACITY_NC: {
      what: 'usable charge, nC',
      source: 'estimate, fitted to a life of 5 to 7 years (MDT-UK, MDT-REPL)',
    },
    IDLE_NC_PER_SECOND: { what: 'charge of a second at rest, nC', source: 'estimate, same fit' },
    STROKE_NC: { what: 'charge of a stroke, nC', source: 'estimate, same fit' },
    TONE_NC: { what: 'charge of a tone, nC', source: ESTIMATE },
    TELEMETRY_NC_PER_SECOND: { what: 'charge of a second of telemetry, nC', source: ESTIMATE },
    INTERROGATION_TICKS: { what: 'length of an interrogation', source: ESTIMATE },
    FRAME_TICKS: { what: 'length of one frame over the wand and its reply', source: ESTIMATE },
    SESSION_LEFT_OPEN_TICKS: { what: 'silence in an update session that raises an alarm', source: ESTIMATE },
    ERI_PERMILLE: { what: 'share of the charge drawn at elective replacement, per mille', source: ESTIMATE },
    ERI_LOADED_MV: { what: 'loaded supply at elective replacement, mV', source: ESTIMATE },
    ERI_RESTING_MV: { what: 'resting supply at elective replacement, mV', source: ESTIMATE },
    LOW_SUPPLY_READINGS: { what: 'low readings in a row that count', source: ESTIMATE },
    RESET_LOADED_MV: { what: 'loaded supply at which logic would reset, mV', source: ESTIMATE },
    RESET_OVER_LOADED_MV: { what: 'loaded supply that is safe again, mV', source: ESTIMATE },
    BODY_MIN_MILLI_C: { what: 'lower end of body temperature, thousandths of a degree', source: ESTIMATE },
    BODY_MAX_MILLI_C: { what: 'upper end of body temperature, thousandths of a degree', source: ESTIMATE },
    ERI_TO_EOS_TICKS: { what: 'elective replacement to end of service', source: 'MDT-UK' },
    LIFE_TICKS: { what: 'life from tick 0 to end of service', source: 'MDT-UK, MDT-REPL' },
    SUSPECT_RISE_PA: { what: 'pressure over the baseline that makes suspect, Pa', source: ESTIMATE },
    RETAINED_RISE_PA: { what: 'rise that counts as retained, Pa', source: ESTIMATE },
    SECOND_LOOK_TICKS: { what: 'stroke to second look', source: ESTIMATE },
    RETAINED_STROKES: { what: 'retained strokes in a row that make present', source: ESTIMATE },
    NOT_RETAINED_STROKES: { what: 'strokes in a row, not retained, that end a suspicion', source: ESTIMATE },
    REST_SAMPLE_TICKS: { what: 'between readings at rest while present', source: ESTIMATE },
    PROBE_SPACING_TICKS: { what: 'least time between probes', source: ESTIMATE },
    PROBE_TIMEOUT_TICKS: { what: 'longest wait for a probe, and for a blind sensor', source: ESTIMATE },
    PROBE_CEILING_PA: { what: 'reading above which no timed probe is made, Pa', source: ESTIMATE },
    DRAINED_PROBES: { what: 'drained probes in a row that end an occlusion', source: ESTIMATE },
    PASSING_OCCLUSIONS: { what: 'occlusions that ended within a day and make coarse', source: ESTIMATE },
    PASSING_WINDOW_TICKS: { what: 'that day, from the first of them', source: ESTIMATE },
    COARSE_TICKS: { what: 'length of the coarse mode', source: ESTIMATE },
    PASSING_RISE_PA: { what: 'rise that makes suspect after passing occlusions, Pa', source: ESTIMATE },
    NARROW_RISE_PA: { what: 'rise that makes suspect after drained probes, Pa', source: ESTIMATE },
    COARSE_RISE_MAX_PA: { what: 'rise that makes suspect at the most, Pa', source: ESTIMATE },
    SLIP_MIN_PA: { what: 'rise from which the mechanism may slip, Pa', source: ESTIMATE },
    SLIP_MAX_PA: { what: 'rise above which the sensor cannot be right, Pa', source: ESTIMATE },
    SLIP_READINGS: { what: 'readings in a row near the slip that make present', source: ESTIMATE },
    CRITICAL_REPEAT_TICKS: { what: 'critical tone, repeat', source: ESTIMATE },
    NON_CRITICAL_REPEAT_TICKS: { what: 'non-critical tone, repeat', source: 'MDT-PM, MDT-ADV' },
    CRITICAL_SILENCE_TICKS: { what: 'critical alarm, silence', source: ESTIMATE },
    NON_CRITICAL_SILENCE_TICKS: { what: 'non-critical alarm, silence', source: ESTIMATE },
  },
  'src/core/units.ts': {
    TICK_MS: { what: 'length of a tick, ms', source: 'our choice' },
  },
  'sim/plant/mechanism.ts': {
    NOMINAL_STROKE_NL: {
      what: 'volume of a stroke, nL',
      source: 'peristaltic: estimate; valve-accumulator: JULLIAN (weak)',
    },
  },
  'sim/plant/reservoir.ts': {
    FADE_FROM_NL: { what: 'delivery begins to fade, nL', source: 'estimate, around RESID-2004' },
    FADE_TO_NL: { what: 'delivery has faded to nothing, nL', source: 'estimate, around RESID-2004' },
  },
  'sim/plant/catheter.ts': {
    RC_US_PER_METRE_PL_PER_PA: {
      what: 'relaxation time per metre and pL/Pa, us',
      source: derived('128 mu L / (pi d^4) with d 0.53 mm and mu 0.7 mPa s, both estimates'),
    },
    SLIP_PA: { what: 'rise at which the mechanism slips, Pa', source: ESTIMATE },
  },
  'sim/plant/line.ts': {
    TUBING_NL: { what: 'tubing inside the pump, nL', source: ESTIMATE },
    CATHETER_NL_PER_MM: { what: 'inside of the catheter, nL a mm', source: 'PROM-IFU' },
  },
  'hal/sim/target.ts': {
    MIXING_TANKS: { what: 'tanks in series from pump to tip', source: ESTIMATE },
    RESET_TICKS: { what: 'a firmware that is reset starts after', source: ESTIMATE },
  },
  'sim/plant/patient.ts': {
    CSF_HALF_LIFE_S: { what: 'half-life in the spinal fluid, s', source: 'LABEL' },
    CSF_CLEARANCE_NL_PER_HOUR: { what: 'clearance from the spinal fluid, nL an hour', source: 'LABEL' },
    EFFECT_HALF_LIFE_S: {
      what: 'half-life of the second compartment of the effect, s',
      source: 'estimate, from the peak of a bolus after 4 h (LABEL)',
    },
    LOOK_S: { what: 'between looks at the patient, s', source: 'our choice' },
    USED_TO_HALF_LIFE_S: { what: 'half-life of getting used to an effect, s', source: ESTIMATE },
    USED_TO_MARGIN_PG: { what: 'effect that counts over twice the accustomed, pg', source: ESTIMATE },
    USUAL_NEEDS_TENTH_UG: {
      what: 'dose on trial that the usual patient needs, tenths of a ug',
      source: ESTIMATE,
    },
    NAIVE_PG: { what: 'effect that a new patient bears as his own, pg', source: ESTIMATE },
    DEPENDENT_PG: { what: 'accustomed effect from which there is withdrawal, pg', source: ESTIMATE },
    WITHDRAWAL_SET: {
      what: 'withdrawal stages set below, per mille of the accustomed effect',
      source: 'estimate, within hours to 72 h (ANAES-2020)',
    },
    WITHDRAWAL_CLEAR: { what: 'withdrawal stages cleared above, per mille', source: ESTIMATE },
    WITHDRAWAL_DWELL_S: {
      what: 'time below before a withdrawal stage shows, s',
      source: 'estimate, within hours to 72 h (ANAES-2020)',
    },
    OVERDOSE_SET: {
      what: 'overdose stages set above, per mille',
      source: 'estimate, around minutes to an hour (SGOUROS)',
    },
    OVERDOSE_CLEAR: { what: 'overdose stages cleared below, per mille', source: ESTIMATE },
    ASHWORTH_SET: { what: 'Ashworth 1 to 4 reached below, per mille', source: ESTIMATE },
    ASHWORTH_CLEAR: { what: 'Ashworth 1 to 4 left above, per mille', source: ESTIMATE },
  },
  'sim/plant/battery.ts': {
    CAPACITY_NC: { what: 'charge of the cell, nC', source: 'estimate, fitted to MDT-UK, MDT-REPL' },
    IDLE_NC_PER_SECOND: { what: 'charge of a second at rest, nC', source: 'estimate, same fit' },
    STROKE_NC: { what: 'charge of a stroke, nC', source: 'estimate, same fit' },
    TONE_NC: { what: 'charge of a tone, nC', source: ESTIMATE },
    TELEMETRY_NC_PER_SECOND: { what: 'charge of a second of telemetry, nC', source: ESTIMATE },
    RESTING_MV: { what: 'resting voltage by tenths of the charge drawn, mV', source: ESTIMATE },
    RESISTANCE_OHM: { what: 'internal resistance by tenths of the charge drawn, ohm', source: ESTIMATE },
    LOAD_MA: { what: 'load of the motor winding, mA', source: ESTIMATE },
  },
  'sim/plant/environment.ts': {
    REST_PA: { what: 'pressure at rest, lying still, Pa', source: ESTIMATE },
    POSTURE_SLOT_S: { what: 'one change of posture in so many s', source: ESTIMATE },
    POSTURE_PA: { what: 'step of a posture, Pa', source: ESTIMATE },
    COUGH_SLOT_S: { what: 'one cough in so many s', source: ESTIMATE },
    COUGH_S: { what: 'length of a cough, s', source: ESTIMATE },
    COUGH_PA: { what: 'pressure of a cough, Pa', source: ESTIMATE },
    FLIGHT_SLOT_S: { what: 'one flight in so many s', source: ESTIMATE },
    CLIMB_S: { what: 'climb and descent, s each', source: ESTIMATE },
    CRUISE_S: { what: 'cruise, s', source: ESTIMATE },
    CABIN_DROP_PA: { what: 'fall of cabin pressure, Pa', source: ESTIMATE },
    NOISE_PA: { what: 'noise of the pressure sensor, at most Pa', source: ESTIMATE },
    NOISE_MV: { what: 'noise of the supply reading, at most mV', source: ESTIMATE },
    NOISE_MILLI_C: { what: 'noise of the temperature, at most thousandths of a degree', source: ESTIMATE },
  },
  'sim/faults/sensor-stuck.ts': {
    HIGH: { what: 'full scale of each converter: Pa, mV, thousandths of a degree', source: ESTIMATE },
  },
  'sim/faults/catheter-crack.ts': {
    POSITION_TICKS: { what: 'the body holds a position for, s', source: ESTIMATE },
  },
  'sim/faults/fever.ts': {
    PPM_PER_MILLI_C: { what: 'of a stroke more for each thousandth of a degree, ppm', source: ESTIMATE },
  },
  'sim/faults/hyperbaric.ts': {
    SURFACE_PA: { what: 'pressure at the surface, Pa', source: 'standard atmosphere' },
    HARM_FROM_PA: { what: 'absolute pressure that bends the reservoir, Pa (2 ATA)', source: 'DRAULANS' },
    LOST_PPM_AT_4_ATA: { what: 'capacity lost at 4 ATA, ppm (13 of 40 mL)', source: 'DRAULANS' },
  },
  'sim/faults/valve-open.ts': {
    SAFETY_VALVE_PL: { what: 'what a safety valve lets through, pL', source: 'PROM-IFU' },
  },
  'src/scenario/evidence.ts': {
    INVESTIGATE_NL: { what: 'discrepancy at a refill that is to be investigated, nL', source: 'ASRA' },
  },
  'src/scenario/screening.ts': {
    STEPS_TENTH_UG: {
      what: 'doses on trial, tenths of a ug; the first for a very small child',
      source: 'LABEL',
    },
    FIRST_STEPS: { what: 'doses of these that may be the first', source: 'LABEL' },
    APART_TICKS: { what: 'from one dose on trial to the next, at least', source: 'LABEL' },
  },
  'src/core/ledger-record.ts': {
    SAVE_STROKES: { what: 'strokes after which the ledger is saved', source: 'our choice' },
  },
  'sim/oracle.ts': {
    ACCURACY_OVER: { what: 'too much in 24 h, over 200 (+14.5 %)', source: 'TGA-0357' },
    ACCURACY_UNDER: { what: 'too little in 24 h, over 200 (-14.5 %)', source: 'TGA-0357' },
    ACCURACY_STROKES: { what: 'strokes allowed on top', source: 'our choice' },
    SILENT_HOURS: { what: 'silent stop: hours', source: 'our choice' },
    SILENT_STROKES: { what: 'silent stop: strokes missed', source: 'our choice' },
  },
  'hal/sim/clinician.ts': {
    PRIMING_NL_PER_DAY: {
      what: 'rate of a prime as a data sheet would state it, nL a day',
      source: ESTIMATE,
    },
  },
  'hal/sim/prescribed.ts': {
    MINIMUM_NL_PER_HOUR: {
      what: 'minimum rate as a data sheet would state it, nL an hour',
      source: ESTIMATE,
    },
  },
  'src/scenario/compile-therapy.ts': {
    FASTEST_NL_PER_DAY: { what: 'fastest rate a scenario may ask for, nL a day', source: ESTIMATE },
  },
};

/** Numbers of the computation, not of a pump or a body. */
const NO_FIGURES: Readonly<Record<string, readonly string[]>> = {
  'src/core/units.ts': [
    'TICKS_PER_SECOND',
    'TICKS_PER_MINUTE',
    'TICKS_PER_HOUR',
    'TICKS_PER_HALF_HOUR',
    'TICKS_PER_DAY',
    'NEVER',
    'HIGH_WORD',
    'MAX_EXACT',
  ],
  'src/core/ledger-record.ts': ['NEVER_WORD', 'FIRST_RAISES_WORD', 'DELIVERED_PLACES'],
  'src/core/tasks.ts': ['DUTY_GRID_TICKS'],
  'src/core/prescription-words.ts': ['BOLUS_DOSE_MAX_TENTH_UG', 'BOLUS_TENTH_UG'],

  'src/scenario/recorder.ts': ['DETAIL_TICKS'],
  'src/scenario/run.ts': ['DEFAULT_SLICE_TICKS'],
  'src/scenario/time.ts': ['MAX_DURATION_TICKS'],
  'hal/sim/wand.ts': ['LATE_TICKS'],
  'sim/world.ts': ['PASSED_ON_TICKS'],
  'sim/plant/catheter.ts': ['ONE_BIT_Q30', 'Q30_PER_Q20'],
  'sim/plant/line.ts': ['CHUNK_NL', 'CHANGED'],
  'hal/sim/dose-judge.ts': ['PASSED_ON_TICKS', 'PL_PER_NL', 'NEVER'],
  'hal/sim/target.ts': [
    'UNKNOWN',
    'ORACLE_SIGNALS',
    'LOG_ENTRIES',
    'UPSET_COPIES',
    'CUTS',
    'PG_PER_TENTH_UG',
  ],
  'sim/plant/patient.ts': ['HALF_LIVES_APART', 'CSF_NL', 'USED_TO_LOOKS', 'PARTS', 'NOT'],
  'sim/plant/battery.ts': ['POINTS', 'PER_POINT_NC', 'AHEAD_NC'],
  'sim/oracle.ts': [
    'NONE',
    'ACCURACY_WHOLE',
    'HIGH_WORD',
    'MAX_EXACT',
    'DAY_PG_MAX',
    'STROKE_PG_MAX',
    'TICK_MAX',
    'TICKS_PER_HOUR_MAX',
    'SEGMENT_WORDS',
    'SINCE',
    'BASE_WHOLE',
    'BASE_FRACTION',
    'RATE_WHOLE',
    'RATE_FRACTION',
    'DELIVERY_WORDS',
    'OPENING_WORDS',
    'RING_RECORDS',
  ],
  'hal/sim/prescribed.ts': ['HALF_HOURS_PER_WEEK', 'NOTHING', 'PG_PER_TENTH_UG'],
  'src/scenario/compile-therapy.ts': ['EVERY_DAY', 'HOURS_PER_DAY', 'NL_PER_UL', 'NL_UG_PER_ML_PER_TENTH_UG'],
};

const CONSTANT = /^(?:export )?const ([A-Z][A-Z0-9_]*)(?:: [^=]+)? = ([^;]*);/gm;

/** A value as the code states it, on one line and with commas in long numbers. */
function valueText(expression: string): string {
  return expression
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .replace(/^\{ (.*?),? \}$/, '$1')
    .replace(/^\[(.*?),? ?\]$/, '$1')
    .replaceAll("'", '')
    .replaceAll('_', (_match, at: number, all: string) => (/\d/.test(all[at - 1] ?? '') ? '' : '_'))
    .replace(/(\d)n$/, '$1')
    .replace(/(?:\d+ \* )?TICKS_PER_(?:DAY|HOUR|MINUTE)(?: \/ \d+)?/g, durationText)
    .replace(/\d{5,}/g, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ','));
}

const TICKS_OF: Readonly<Record<string, number>> = { DAY: TICKS_PER_DAY, HOUR: 3600, MINUTE: 60 };

function durationText(product: string): string {
  const [, factor, unit, divisor] =
    /^(?:(\d+) \* )?TICKS_PER_(DAY|HOUR|MINUTE)(?: \/ (\d+))?$/.exec(product) ?? [];
  const ticks = (Number(factor ?? 1) * TICKS_OF[unit ?? '']!) / Number(divisor ?? 1);
  return formatDuration(ticks);
}

/** A name with a unit in it states a quantity, in whatever file it stands; the place of a word in a record does not. */
const QUANTITY =
  /_(?:NL|PL|PG|UG|NG|PA|MV|OHM|UA|MA|NC|MM|MILLI_C|PPM|PERMILLE|PERCENT|TICKS|S|HOURS|STROKES)(?:_(?!WORD)|$)/;
/** What states quantities of pump, drug and body. */
const FIGURE_FOLDERS = ['src/core', 'sim', 'hal/sim', 'src/scenario'];

function filesWithFigures(): string[] {
  const all = FIGURE_FOLDERS.flatMap((folder) => sourceFiles(join(PROJECT_ROOT, folder))).map((file) =>
    projectPath(file),
  );
  return [...Object.keys(FIGURES), ...all.filter((file) => FIGURES[file] === undefined)];
}

function figureTable(): string {
  const rows: string[][] = [];
  for (const file of filesWithFigures()) {
    const figures = FIGURES[file] ?? {};
    const found = new Map<string, string>();
    const text = readFileSync(join(PROJECT_ROOT, file), 'utf8');
    for (const [, name = '', value = ''] of text.matchAll(CONSTANT)) found.set(name, value);
    for (const [name, value] of found) {
      const figure = figures[name];
      if (figure !== undefined) {
        rows.push([figure.what, valueText(value), `\`${file}\``, `\`${name}\``, figure.source]);
      } else if (
        NO_FIGURES[file]?.includes(name) !== true &&
        (FIGURES[file] === undefined ? QUANTITY.test(name) : file !== 'sim/faults/sensor-stuck.ts')
      ) {
        throw new Error(`${file} has a new constant ${name}: name its source in FIGURES, or in NO_FIGURES`);
      }
    }
    for (const name of Object.keys(figures)) {
      if (!found.has(name))
        throw new Error(`${file} has no constant ${name} any more: remove it from FIGURES`);
    }
  }
  return table(['figure', 'value', 'where', 'name', 'source'], rows);
}

// ---------------------------------------------------------------- trace

const EVENT_MEANING: Readonly<Record<EventKind, string>> = {
  stroke: 'a stroke of the schedule was commanded; strokes commanded so far',
  probe: 'a probe stroke was commanded, to try whether a closed catheter is open',
  suspect: 'the pressure before a stroke is over the baseline; by how much',
  present: 'the catheter is taken to be closed; pressure over the baseline',
  gone: 'a probe ran off, three drained, or the sensor was blind for too long; what the last probe left behind',
  raise: 'an alarm was raised',
  'condition-gone': 'its condition ended; a latching alarm stays',
  acknowledge: 'it was acknowledged',
  clear: 'it left',
  tone: 'it sounded',
  permission: 'what the pump may deliver changed',
  command: 'an order was taken, or refused whole with the reason',
  refill: 'the programmed volume was booked',
  hour: 'an hour closed; strokes confirmed in it',
  resume: 'delivery began again; ticks without it',
  restart: 'the pump came back from a loss of power or a reset; ticks since the ledger was last saved',
  session: 'an update session was opened, or how it ended',
  'bolus-begin': 'a bolus began; what was ordered, in tenths of a ug',
  'bolus-end': 'it was given, or ended before that; what was given of it, in tenths of a ug',
  'bridge-begin':
    'a program of another concentration goes on at the old dose; strokes until the old drug is out of the line',
  'bridge-end': 'the old drug is out, and the new rate begins; the new concentration, ug/mL',
  'soft-limit':
    'a program met rules of titration; its change of the daily dose, which of them, and in the command behind it what came of it',
  'prime-begin': 'tubing and catheter are being filled; strokes until they are',
  'prime-end': 'it was pushed, or ended before that; strokes that were not pushed any more',
  'bolus-shortest':
    'beside a bolus that was refused as too fast: the ticks in which the mechanism could give it',
};

const EXAMPLE_ARGUMENTS: Readonly<Record<EventKind, number>> = {
  stroke: 1,
  probe: 2405,
  suspect: 1666,
  present: 6666,
  gone: 0,
  raise: 3,
  'condition-gone': 3,
  acknowledge: 3,
  clear: 3,
  tone: 3,
  permission: 2,
  command: 34,
  refill: 38000000,
  hour: 50,
  resume: 21603,
  restart: 1811,
  session: 1,
  'bolus-begin': 100,
  'bolus-end': 100,
  'bridge-begin': 970,
  'bridge-end': 2000,
  'soft-limit': 401 * 8 + 1,
  'prime-begin': 970,
  'prime-end': 0,
  'bolus-shortest': 365,
};

function eventTable(): string {
  return table(
    ['line', 'means'],
    EVENT_KINDS.map((kind) => {
      const event = { tick: 0, kind, argument: EXAMPLE_ARGUMENTS[kind] };
      return [`\`${kind} ${argumentText(event)}\``, EVENT_MEANING[kind]];
    }),
  );
}

function commandTable(): string {
  const written: Readonly<Record<string, string>> = {
    stop: '`stop`',
    resume: '`resume`',
    program: '`{ program: { mode: continuous, dose: 300 ug/day } }` or `{ concentration: 2000 ug/mL }`',
    'low-reservoir': '`{ low-reservoir: 3 mL }`',
    refill: 'a `refill:` entry; the order follows when the refill was really made',
    silence: '`{ silence: ALARM }`',
    acknowledge: '`{ acknowledge: ALARM }`',
    interrogate: '`interrogate`',
    bolus: '`{ bolus: { dose: 10 ug, over: 10 min } }`',
    prime: '`{ prime: 485 uL }`',
    frame: 'a `session:` entry; the programmer sends one frame after the other',
  };
  return table(
    ['command', 'in a scenario'],
    COMMAND_KINDS.map((kind) => [`\`${kind}\``, explained(written, kind, 'commandTable')]),
  );
}

function outcomeList(): string {
  return COMMAND_OUTCOMES.map((outcome) => `\`${outcome}\``).join(', ');
}

// ---------------------------------------------------------------- incidents

/** The scenarios that play a real incident again, by its number. Their own tests check what the files say. */
function incidentTable(): string {
  const rows = libraryFiles().flatMap((file) => {
    const text = readFileSync(join(PROJECT_ROOT, LIBRARY, file), 'utf8');
    const { incident } = parse(text) as Partial<Pick<Scenario, 'incident'>>;
    return incident ? [{ file, ...incident }] : [];
  });
  rows.sort((a, b) => a.number - b.number);
  return table(
    [
      'no.',
      'incident',
      'what happened',
      'what the device showed',
      'harm here',
      'what our firmware does',
      'source',
    ],
    rows.map(({ file, number, title, happened, showed, harm, firmware, source }) => [
      String(number),
      `[${title}](../${LIBRARY}/${file})`,
      happened.trim(),
      showed.trim(),
      harm.trim(),
      firmware.trim(),
      source.trim(),
    ]),
  );
}

// ---------------------------------------------------------------- writing

const TABLES: Readonly<Record<string, () => string | Promise<string>>> = {
  alarms: alarmTable,
  faults: faultOverview,
  'fault-options': () => FAULTS.map(faultSection).join('\n\n'),
  detection: detectionTable,
  figures: figureTable,
  events: eventTable,
  commands: commandTable,
  outcomes: outcomeList,
  incidents: incidentTable,
};

const MARKED = /<!-- table: ([a-z-]+) -->\n[\s\S]*?<!-- end of table -->/g;

/** A document with its tables as they should be. */
export async function renewed(text: string): Promise<string> {
  const texts = new Map<string, string>();
  for (const [, name = ''] of text.matchAll(MARKED)) {
    const make = TABLES[name];
    if (make === undefined)
      throw new Error(`no table is called ${name}; there are ${Object.keys(TABLES).join(', ')}`);
    texts.set(name, await make());
  }
  return text.replace(
    MARKED,
    (_marked, name: string) => `<!-- table: ${name} -->\n${texts.get(name) ?? ''}\n<!-- end of table -->`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const document of DOCUMENTS) {
    const file = join(PROJECT_ROOT, document);
    const text = readFileSync(file, 'utf8');
    const renewal = await renewed(text);
    if (renewal !== text) writeFileSync(file, renewal);
    console.log(`${document}  ${renewal === text ? 'as it was' : 'written'}`);
  }
}
