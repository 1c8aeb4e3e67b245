/**
 * `npm run requirements`: writes docs/requirements.md anew, and says what is missing in the matrix. Exit 1 with a gap.
 * `tests/house/requirements.test.ts` holds the page and the matrix to it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from './core-hash.ts';
import { gather, problemsOf } from './requirements/matrix.ts';
import { pageOf } from './requirements/page.ts';

const matrix = gather();
writeFileSync(join(PROJECT_ROOT, 'docs/requirements.md'), pageOf(matrix));
console.log('docs/requirements.md  written');
const problems = problemsOf(matrix);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
