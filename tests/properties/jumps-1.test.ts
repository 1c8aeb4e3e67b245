import { provesJumpsEqualTicks } from './jumps.ts';

provesJumpsEqualTicks(1, 500);
