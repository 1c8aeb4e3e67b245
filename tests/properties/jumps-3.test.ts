import { provesJumpsEqualTicks } from './jumps.ts';

provesJumpsEqualTicks(3, 500);
