/** An event in words: names in place of the core's indices. One place, so that text, lists and reports agree. */
import { ALARMS } from '../core/alarms/table.ts';
import { COMMAND_KINDS, COMMAND_OUTCOMES } from '../core/commands.ts';
import type { PumpEvent } from '../core/events.ts';
import { EVENT_ARGUMENTS } from '../core/events.ts';
import { PERMISSIONS } from '../core/permission.ts';
import { RULES_SPAN, TITRATION_RULES } from '../core/titration.ts';
import { SESSION_STEPS } from '../core/telemetry/session.ts';

export function alarmName(index: number): string {
  return ALARMS[index]?.name ?? `alarm-${index}`;
}

/** What an event says, by name. */
export function argumentWords(event: PumpEvent): Readonly<Record<string, string | number>> {
  const name = EVENT_ARGUMENTS[event.kind];
  switch (name) {
    case 'alarm':
      return { alarm: alarmName(event.argument) };
    case 'permission':
      return { permission: PERMISSIONS[event.argument] ?? event.argument };
    case 'step':
      return { step: SESSION_STEPS[event.argument] ?? event.argument };
    case 'titration':
      return {
        'change-permille': Math.floor(event.argument / RULES_SPAN),
        rules: TITRATION_RULES.filter((_, bit) => ((event.argument >> bit) & 1) === 1).join('+'),
      };
    case 'command':
      return {
        command: COMMAND_KINDS[Math.floor(event.argument / 16)] ?? event.argument,
        outcome: COMMAND_OUTCOMES[event.argument % 16] ?? event.argument,
      };
    default:
      return { [name]: event.argument };
  }
}

/** `requested=17`, `alarm=motor-stall`, `permission=stopped`, `command=program outcome=accepted`. */
export function argumentText(event: PumpEvent): string {
  return Object.entries(argumentWords(event))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
