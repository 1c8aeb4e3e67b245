/** What a detector says. It takes no action: alarms and permission are decided elsewhere. */
export const VERDICT_CLEAR = 0;
export const VERDICT_SUSPECT = 1;
export const VERDICT_PRESENT = 2;
