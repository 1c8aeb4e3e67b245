import { provesJumpsEqualTicks } from './jumps.ts';

provesJumpsEqualTicks(2, 500);
