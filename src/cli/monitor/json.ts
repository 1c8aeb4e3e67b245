/** One look as one JSON object, for programs. */
import { TICK_MS } from '../../core/units.ts';
import type { PumpEvent } from '../../core/events.ts';
import { forecast, prescribedNlPerHour } from '../../programmer/forecast.ts';
import { clockText } from '../pump-time.ts';
import { alarmsOf, modeOf, type Picture, permissionOf, ugPerDay } from './picture.ts';
import { eventText } from './screen.ts';
import { strokeRate } from './series.ts';

/** `events` are those since the last object. What is unknown is null. */
export function jsonOf(picture: Picture, events: readonly PumpEvent[]): object {
  const { place, status } = picture;
  const isReadable = status.isReadable === 1;
  const nlPerHour = isReadable ? prescribedNlPerHour(picture, status.nowTick) : null;
  const { refillTick, lowReservoirTick, drugEndTick, batteryMonths, serviceEndTick } = forecast(picture);
  return {
    place,
    tick: status.nowTick,
    tickMs: TICK_MS,
    pumpTime: clockText(picture, status.nowTick),
    delivery: permissionOf(picture),
    mode: isReadable ? modeOf(picture) : null,
    prescribedNlPerHour: nlPerHour,
    prescribedUgPerDay: nlPerHour === null ? null : ugPerDay(picture, nlPerHour),
    requestedStrokes: status.requestedStrokes,
    confirmedStrokes: status.confirmedStrokes,
    strokesPerHour: strokeRate(picture.samples).at(-1)?.value ?? null,
    computedReservoirUl: status.computedReservoirNl / 1000,
    refillTick,
    lowReservoirTick,
    lastFillTick: picture.lastFillTick,
    drugEndTick,
    computedBatteryLeftPercent: 100 - status.computedBatteryPermille / 10,
    batteryMonths,
    serviceEndTick,
    alarms: alarmsOf(picture).map(({ alarm, isCritical, isPresent, isAcknowledged }) => ({
      alarm,
      isCritical,
      isPresent,
      isAcknowledged,
    })),
    events: events.map((event) => ({ ...event, text: eventText(event) })),
  };
}
