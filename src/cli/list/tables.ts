/** The lists that come straight from a table of the code: alarms, signals, targets, scenarios. */
import { SIGNALS } from '../../../hal/signals.ts';
import { TARGETS } from '../../../hal/targets.ts';
import { FAULTS } from '../../../sim/faults/index.ts';
import { ALARMS } from '../../core/alarms/table.ts';
import { PERMISSIONS } from '../../core/permission.ts';
import { formatDuration } from '../../scenario/time.ts';
import { columns, type Listing, yesNo } from './listing.ts';

export function listAlarms(): Listing {
  const rows = ALARMS.map(
    ({ name, isCritical, isLatching, permission, repeatTicks, silenceTicks, reason }) => ({
      name,
      isCritical,
      isLatching,
      permission: PERMISSIONS[permission] ?? String(permission),
      toneEvery: formatDuration(repeatTicks),
      silenceLasts: formatDuration(silenceTicks),
      reveals: FAULTS.filter((fault) => fault.revealedBy.includes(name)).map((fault) => fault.kind),
      reason,
    }),
  );
  return {
    rows,
    lines: (paint, width) =>
      columns(
        ['alarm', 'critical', 'latches', 'delivery', 'tone every', 'silence', 'why this delivery'],
        rows.map((row) => [
          row.name,
          yesNo(row.isCritical),
          yesNo(row.isLatching),
          row.permission,
          row.toneEvery,
          row.silenceLasts,
          row.reason,
        ]),
        paint,
        width,
      ),
  };
}

/** The unit as it is written in a scenario; a state is a plain number. */
const UNITS = {
  strokes: 'strokes',
  ug: 'ug',
  ul: 'uL',
  pa: 'Pa',
  mv: 'mV',
  'milli-c': 'milli-C',
  percent: '%',
  'ug-per-ml': 'ug/mL',
  state: '-',
} as const;

export function listSignals(): Listing {
  const rows = SIGNALS.map(({ name, unit, of, meaning }) => ({ name, unit: UNITS[unit], of, meaning }));
  return {
    rows,
    lines: (paint, width) =>
      columns(
        ['signal', 'unit', 'known to', 'meaning'],
        rows.map(({ name, unit, of, meaning }) => [name, unit, of, meaning]),
        paint,
        width,
      ),
  };
}

export function listTargets(): Listing {
  const rows = TARGETS.map(({ name, summary }) => ({ name, summary }));
  return {
    rows,
    lines: (paint, width) =>
      columns(
        ['target', 'what runs the firmware'],
        rows.map(({ name, summary }) => [name, summary]),
        paint,
        width,
      ),
  };
}

export async function listScenarios(): Promise<Listing> {
  const { readScenarios } = await import('../scenario-files.ts');
  const rows = readScenarios([]).map(({ file, name, requirements, incident, untilTick }) => ({
    file,
    name,
    requirements,
    incident,
    until: formatDuration(untilTick),
    untilTick,
  }));
  return {
    rows,
    lines: (paint, width) =>
      columns(
        ['file', 'lasts', 'scenario'],
        rows.map(({ file, until, name }) => [file, until, name]),
        paint,
        width,
      ),
  };
}
