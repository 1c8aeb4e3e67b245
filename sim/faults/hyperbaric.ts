/**
 * Diving and hyperbaric chambers. Flow falls with depth; beyond 2 ATA the shield of the reservoir caves in for good
 * (DRAULANS: after 30 m, 4 ATA, a reservoir of 40 mL took 27), less so while it is full (SCHIAVO); in a therapy of
 * seven weeks spinal fluid entered backwards, and more was withdrawn than the pump had computed (AKMAN). Layer:
 * environment. Estimates: the flow falls by 20 % for each 100 kPa; capacity is lost in proportion beyond 2 ATA, as much
 * as the source has at 4; how much flows back is not published and is an option. The firmware can't notice: strokes
 * turn, and its pressure sensor compares with its surroundings. Left out: loss of capacity by repeated dives above 2 ATA
 * (SCHIAVO), and gas that comes out of solution.
 */
import { numberOption, type FaultSpec } from './fault.ts';

export const SURFACE_PA = 101325;
const HARM_FROM_PA = 202650;
/** 13 of 40 mL at 2 ATA more than that. */
const LOST_PPM_AT_4_ATA = 325000;

/** Of a stroke, at another pressure than that of the surface: 2 ppm less for each Pa more, or more for each less. */
export function strokeAtPressurePl(pl: number, pressurePa: number): number {
  const lessPpm = Math.min(1000000, 2 * (pressurePa - SURFACE_PA));
  return pl - Math.floor((pl * lessPpm) / 1000000);
}

export const hyperbaric: FaultSpec = {
  kind: 'hyperbaric',
  summary:
    'outer pressure lowers the flow, bends the reservoir beyond 2 ATA, and may drive spinal fluid back',
  layer: 'environment',
  revealedBy: [],
  options: [
    {
      name: 'pressure',
      type: 'pressure',
      min: SURFACE_PA,
      max: 1000000,
      default: 405300,
      meaning: 'absolute: 101.325 kPa are 1 ATA at the surface, and each 10 m of water add as much',
    },
    {
      name: 'backflow',
      type: 'volume-rate',
      min: 0,
      max: 10000000,
      default: 0,
      meaning: 'spinal fluid that enters the reservoir through the catheter while it lasts',
    },
  ],
  strokePl: (pl, fault) => strokeAtPressurePl(pl, numberOption(fault, 'pressure')),
  freeFlow: (options) => ({
    plPerHour: 0 - Number(options['backflow']) * 1000,
    limitPl: Number.MAX_SAFE_INTEGER,
  }),
  lostCapacityPpm(options) {
    const beyondPa = Math.max(0, Number(options['pressure']) - HARM_FROM_PA);
    return Math.min(1000000, Math.floor((beyondPa * LOST_PPM_AT_4_ATA) / HARM_FROM_PA));
  },
};
