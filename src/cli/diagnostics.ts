/** Diagnostics for whoever looks into this program itself: JSON lines on standard error, by THECAL_LOG. */
import type { Logger } from 'pino';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];
const DEFAULT_LEVEL = 'warn';

let logger: Promise<Logger> | null = null;

export function diagnostics(): Promise<Logger> {
  logger ??= createLogger();
  return logger;
}

async function createLogger(): Promise<Logger> {
  const { default: pino } = await import('pino');
  const asked = process.env['THECAL_LOG'] ?? DEFAULT_LEVEL;
  const isKnown = LEVELS.includes(asked);
  const made = pino({ level: isKnown ? asked : DEFAULT_LEVEL }, pino.destination({ dest: 2, sync: true }));
  if (!isKnown) made.warn(`THECAL_LOG=${asked} is no level; write one of ${LEVELS.join(', ')}`);
  return made;
}
