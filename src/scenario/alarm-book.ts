/** Every raise of every alarm, with what became of it: one row a raise, as the result shows them. */
import { ALARMS } from '../core/alarms/table.ts';
import type { PumpEvent } from '../core/events.ts';

export interface AlarmEntry {
  readonly alarm: string;
  readonly raisedTick: number;
  conditionGoneTick: number | null;
  acknowledgedTick: number | null;
  clearedTick: number | null;
}

export class AlarmBook {
  readonly entries: AlarmEntry[] = [];
  private readonly latest = new Map<number, AlarmEntry>();

  /** Its alarms went with the pump. */
  pumpReplaced(tick: number): void {
    for (const entry of this.latest.values()) {
      entry.conditionGoneTick ??= tick;
      entry.clearedTick ??= tick;
    }
    this.latest.clear();
  }

  event(event: PumpEvent): void {
    if (event.kind === 'raise') {
      const entry: AlarmEntry = {
        alarm: ALARMS[event.argument]!.name,
        raisedTick: event.tick,
        conditionGoneTick: null,
        acknowledgedTick: null,
        clearedTick: null,
      };
      this.entries.push(entry);
      this.latest.set(event.argument, entry);
      return;
    }
    const entry = this.latest.get(event.argument);
    if (entry === undefined) return;
    if (event.kind === 'condition-gone') entry.conditionGoneTick = event.tick;
    else if (event.kind === 'acknowledge') entry.acknowledgedTick = event.tick;
    else if (event.kind === 'clear') entry.clearedTick = event.tick;
  }
}
