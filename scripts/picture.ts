/** Draws the picture of the README: runs its scenario, opens the page in a browser, and takes a picture of the upper part. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser, NO_BROWSER } from './browser.ts';
import { PROJECT_ROOT } from './core-hash.ts';

const NAME = 'catheter-occlusion';
/** Charts in the picture; the page goes on. */
const CHARTS = 4;
/** Once closer than the whole run: two of its four days, with the kink in their middle. */
const ZOOM_KEYS = ['+'];

const executablePath = findBrowser();
if (executablePath === null) throw new Error(NO_BROWSER);
const folder = mkdtempSync(join(tmpdir(), 'thecal-picture-'));
try {
  const file = join(folder, 'page.html');
  const scenario = `sim/scenarios/${NAME}.yaml`;
  execFileSync(process.execPath, ['dist/thecal.js', 'run', scenario, '--html', file], { cwd: PROJECT_ROOT });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1120, height: 2000 }, colorScheme: 'light' });
    await page.goto(pathToFileURL(file).href);
    const charts = page.locator('.scenario.current .chart');
    await charts.last().locator('canvas').waitFor();
    const lanes = charts.first().locator('.u-over');
    const { width = 0 } = (await lanes.boundingBox()) ?? {};
    await lanes.hover({ position: { x: width * 0.53, y: 4 } });
    for (const key of ZOOM_KEYS) await page.keyboard.press(key);
    const last = await charts.nth(CHARTS).boundingBox();
    const height = Math.ceil((last?.y ?? 0) + (last?.height ?? 0));
    const path = join(PROJECT_ROOT, 'docs/images', `${NAME}.png`);
    await page.screenshot({ path, clip: { x: 0, y: 0, width: 1120, height } });
    console.log(`drew ${path}`);
  } finally {
    await browser.close();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
