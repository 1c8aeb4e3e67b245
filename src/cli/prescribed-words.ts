/** The prescription of a pump, asked with as few frames as tell it. */
import { THERAPY_MODES } from '../../hal/prescription-words.ts';
import { FIRST_RATE_WORD, MODE_WORD, PRESCRIBED_WORDS, SLOTS_PER_DAY } from '../core/prescription-words.ts';
import type { Reply, Request } from '../programmer/exchange.ts';
import { readWords } from '../programmer/update.ts';

/** What only a look needs: of a therapy of one rate its one day pattern, not the other six, which say nothing. */
export async function readPrescribed(request: (one: Request) => Promise<Reply>): Promise<Int32Array> {
  const words = new Int32Array(PRESCRIBED_WORDS);
  const requests = readWords('prescription', words);
  let step = requests.next();
  while (step.done !== true) {
    step = requests.next(await request(step.value));
    if (THERAPY_MODES[words[MODE_WORD]!] === 'flex') continue;
    // The first frame has told it; the rest of the week is a dozen frames of the same.
    words.fill(words[FIRST_RATE_WORD] ?? 0, FIRST_RATE_WORD, FIRST_RATE_WORD + SLOTS_PER_DAY / 2);
    break;
  }
  return words;
}
