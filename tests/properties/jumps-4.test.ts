import { provesJumpsEqualTicks } from './jumps.ts';

provesJumpsEqualTicks(4, 500);
