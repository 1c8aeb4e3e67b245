/** The core and nothing else, on a bench whose readings are worked out from the tick: three days as one text. */
import { hourlyTherapy } from '../../hal/prescription-words.ts';
import { Rig } from '../core/rig.ts';

const DAY = 86_400;

export function driveCore(): string {
  const rates = Array.from({ length: 24 }, (_, slot) => 2000 + ((slot * 1237) % 3001));
  const rig = new Rig({ therapy: hourlyTherapy('tenth-ug-per-day', rates), startHour: 5 });
  for (let tick = 0; tick <= 3 * DAY; tick += 1800) {
    // A pressure that climbs from time to time, a motor that rests, a supply that runs down: no two half hours alike.
    const half = tick / 1800;
    rig.pressurePa = half % 17 === 3 ? null : 1000 + ((half * 911) % 5003);
    rig.isTurning = half % 29 !== 7;
    rig.isFeedbackLost = half % 31 === 11;
    rig.loadedMv = 2840 - half * 3;
    rig.restingMv = 2900 - half;
    if (half === 40) rig.core.queueCommand(rig.pump, { kind: 'stop' });
    if (half === 43) rig.core.queueCommand(rig.pump, { kind: 'resume' });
    if (half === 60) rig.core.queueCommand(rig.pump, { kind: 'acknowledge', alarm: 2 });
    if (half === 61) rig.core.queueCommand(rig.pump, { kind: 'interrogate' });
    rig.jumpTo(tick + 1799);
  }
  const kinds = new Map<string, number>();
  for (const { kind } of rig.events) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const { laneA, laneB, events } = rig.pump.log;
  const digests = rig.digests.reduce((sum, { digest }) => (sum ^ digest) >>> 0, 0);
  return `core alone: ${events} events, lanes ${laneA} ${laneB}, state ${rig.digest()}, ${rig.digests.length} hours ${digests}, ${[...kinds].map(([kind, n]) => `${kind} ${n}`).join(', ')}`;
}
