/** A board with the free-running firmware, opened for telemetry. */
import { closePlace, openPlace, type Place, textCrc } from '../../../hal/espruino/board-target.ts';
import type { LinePort } from '../../../hal/espruino/client.ts';
import { QUIET } from '../../../hal/espruino/connect.ts';
import { scriptedPins } from '../../../hal/espruino/scripted-pins.ts';
import { Wand } from '../../../hal/espruino/wand.ts';
import type { TargetOptions } from '../../../hal/target-options.ts';
import { benchSetup } from '../../../hal/virtual/bench.ts';
import { boardFirmware } from '../board-firmware.ts';
import { statusLine } from '../terminal.ts';
import { openingText } from './opening.ts';
import { type BoardPlace, locate } from './place.ts';

/** The place is to be closed by `closePlace`. Rejects with a `LineError` or `PortError` when no such pump is there. */
export async function openWand(chosen: BoardPlace): Promise<{ readonly place: Place; readonly wand: Wand }> {
  const located = await locate(chosen);
  statusLine.draw(openingText(chosen));
  try {
    const place = await openPlace({ ...located, ...(await freeRunning()) });
    try {
      if (located.exec !== undefined) startPump(place.port);
      return { place, wand: await Wand.over(place.port, textCrc) };
    } catch (error) {
      await closePlace(place);
      throw error;
    }
  } finally {
    statusLine.erase();
  }
}

async function freeRunning(): Promise<Pick<TargetOptions, 'coreHash' | 'firmware'>> {
  const { code, coreHash } = await boardFirmware('freeRunning');
  return { coreHash, firmware: () => Promise.resolve(code) };
}

/** On an interpreter that was started for this: it has neither pins nor a pump. */
function startPump(port: LinePort): void {
  for (const line of [...scriptedPins(), benchSetup()]) port.write(`${QUIET}${line}\n`);
}
