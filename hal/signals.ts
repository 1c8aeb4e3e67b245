/** What can be asked of a run: the names that scenarios, lists and results use. Data only; targets read them. */

export interface SignalSpec {
  readonly name: string;
  /** Unit of the number as people write and read it. */
  readonly unit: 'strokes' | 'ug' | 'ul' | 'pa' | 'mv' | 'milli-c' | 'percent' | 'ug-per-ml' | 'state';
  /** Integers inside per one of the unit: 1000 for a dose in nanograms shown as ug. */
  readonly scale: 1 | 1000;
  /** `pump` is the firmware's belief; `world` is truth, which only a target over a world can know. */
  readonly of: 'pump' | 'world';
  readonly meaning: string;
}

export const SIGNALS = [
  {
    name: 'requested-strokes',
    unit: 'strokes',
    scale: 1,
    of: 'pump',
    meaning: 'strokes that this pump was commanded, ever',
  },
  {
    name: 'confirmed-strokes',
    unit: 'strokes',
    scale: 1,
    of: 'pump',
    meaning: 'confirmed strokes of this pump, ever',
  },
  {
    name: 'computed.reservoir-ul',
    unit: 'ul',
    scale: 1000,
    of: 'pump',
    meaning: 'what the firmware computes to be left, from confirmed strokes',
  },
  {
    name: 'computed.delivered-ug',
    unit: 'ug',
    scale: 1000,
    of: 'pump',
    meaning: 'dose in all strokes that were confirmed, as the firmware computes it',
  },
  {
    name: 'computed.battery-used-percent',
    unit: 'percent',
    scale: 1000,
    of: 'pump',
    meaning: 'charge the firmware computes to be drawn, per cent of capacity',
  },
  { name: 'permission', unit: 'state', scale: 1, of: 'pump', meaning: '0 full, 1 minimum rate, 2 stopped' },
  { name: 'occlusion-state', unit: 'state', scale: 1, of: 'pump', meaning: '0 clear, 1 suspect, 2 present' },
  { name: 'tones', unit: 'state', scale: 1, of: 'pump', meaning: 'tones that this pump sounded, ever' },
  {
    name: 'outlet-pressure-pa',
    unit: 'pa',
    scale: 1,
    of: 'world',
    meaning: 'what the outlet sensor would read now',
  },
  {
    name: 'supply-mv',
    unit: 'mv',
    scale: 1,
    of: 'world',
    meaning: 'what the supply would read now, at rest',
  },
  {
    name: 'temperature-milli-c',
    unit: 'milli-c',
    scale: 1,
    of: 'world',
    meaning: 'what the temperature sensor would read now',
  },
  {
    name: 'true.reservoir-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'fluid truly in the reservoir',
  },
  {
    name: 'true.delivered-ug',
    unit: 'ug',
    scale: 1000,
    of: 'world',
    meaning: 'drug past the catheter tip since tick 0: what the dose oracle judges',
  },
  {
    name: 'true.prescribed-ug',
    unit: 'ug',
    scale: 1000,
    of: 'world',
    meaning: 'dose that the therapy as commanded asks for since tick 0',
  },
  {
    name: 'true.excess-dose-ug',
    unit: 'ug',
    scale: 1000,
    of: 'world',
    meaning: 'largest excess at the tip over the prescription in any sliding hour, one stroke allowed',
  },
  {
    name: 'true.trapped-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'fluid held back between pump and tip by a blocked catheter',
  },
  {
    name: 'true.lost-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'fluid that left the reservoir and never reached the tip: cuts and leaks',
  },
  {
    name: 'refill.withdrawn-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'at the last refill: what was found in the reservoir',
  },
  {
    name: 'refill.computed-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'at the last refill: what the pump, interrogated before, computed to be left',
  },
  {
    name: 'refill.discrepancy-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'at the last refill: withdrawn less computed; more than 2 mL either way is to be investigated',
  },
  {
    name: 'refill.filled-ul',
    unit: 'ul',
    scale: 1000,
    of: 'world',
    meaning: 'at the last refill: what truly came into the reservoir, which nobody sees',
  },
  {
    name: 'true.intrathecal-ug',
    unit: 'ug',
    scale: 1000,
    of: 'world',
    meaning:
      'drug that truly came into the spinal fluid since tick 0: not what went beside it or lies in a pocket',
  },
  {
    name: 'true.tip-concentration-ug-per-ml',
    unit: 'ug-per-ml',
    scale: 1000,
    of: 'world',
    meaning: 'drug in the fluid at the tip, after the mixing on the way',
  },
  {
    name: 'patient.csf-ug-per-ml',
    unit: 'ug-per-ml',
    scale: 1000,
    of: 'world',
    meaning: 'illustrative: level in the spinal fluid, one compartment',
  },
  {
    name: 'patient.effect-percent',
    unit: 'percent',
    scale: 1000,
    of: 'world',
    meaning: 'illustrative: effect, per cent of what the patient is used to',
  },
  {
    name: 'patient.ashworth',
    unit: 'state',
    scale: 1,
    of: 'world',
    meaning: 'illustrative: spasticity on the Ashworth scale, 0 limp, 1 treated, 4 rigid',
  },
  {
    name: 'patient.withdrawal-stage',
    unit: 'state',
    scale: 1,
    of: 'world',
    meaning:
      'illustrative: 0 none, 1 itch and spasticity, 2 fever and confusion, 3 seizure and organ failure',
  },
  {
    name: 'patient.overdose-stage',
    unit: 'state',
    scale: 1,
    of: 'world',
    meaning: 'illustrative: 0 none, 1 drowsy and limp, 2 slow pulse and weak breathing, 3 coma',
  },
] as const satisfies readonly SignalSpec[];

export type SignalName = (typeof SIGNALS)[number]['name'];
