/** The page in a real browser: it draws, it zooms, it obeys keys, and it complains of nothing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePage } from '../../scripts/bundle-page.ts';
import { findBrowser, NO_BROWSER } from '../../scripts/browser.ts';
import { pack, pageOf, recorded } from './recorded.ts';

const executablePath = findBrowser();

describe('the page in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'thecal-page-'));
  const complaints: string[] = [];
  let browser: Browser | null = null;
  let page: Page;

  beforeAll(async () => {
    if (executablePath === null) return;
    const entries = [
      await recorded('sim/scenarios/catheter-occlusion.yaml'),
      await recorded('tests/cli/fixtures/mixed/fails.yaml'),
    ];
    const file = join(folder, 'page.html');
    writeFileSync(file, pageOf(entries, { ...(await bundlePage()), pack }));
    // As root, which containers are, it starts without its sandbox only; the page is our own.
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    await page.locator('.scenario.current canvas').first().waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The time under the pointer at a share of the charts' width. */
  async function timeAt(share: number): Promise<string> {
    const lanes = page.locator('.scenario.current .lanes .u-over');
    const { width } = (await lanes.boundingBox()) ?? { width: 0 };
    await lanes.hover({ position: { x: Math.round(share * (width - 1)), y: 2 } });
    return (await page.locator('.scenario.current .at').textContent()) ?? '';
  }

  async function press(key: string): Promise<void> {
    await page.keyboard.press(key);
  }

  /** How many different colours a chart's canvas shows; 1 is an empty one. */
  async function coloursOf(chart: number): Promise<number> {
    return await page
      .locator('.scenario.current canvas')
      .nth(chart)
      .evaluate((element) => {
        const canvas = element as unknown as {
          width: number;
          height: number;
          getContext(kind: '2d'): {
            getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array };
          };
        };
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const words = new Uint32Array(data.buffer);
        return new Set(words).size;
      });
  }

  it('opens with the scenario that failed, which is listed first', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    expect(await page.locator('.scenario.current h1').textContent()).toContain(
      'asked to be noticed too soon',
    );
    expect(await page.locator('.index tbody tr').first().textContent()).toContain('too soon');
    expect(await page.locator('.index tr.current').textContent()).toContain('too soon');
    await page.locator('.index a', { hasText: 'A kinked catheter' }).click();
    await page.locator('#scenario-0 canvas').first().waitFor();
  });

  it('draws every chart of the scenario that is looked at', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const charts = page.locator('.scenario.current canvas');
    await charts.nth(10).waitFor();
    expect(await charts.count()).toBe(11);
    for (let chart = 0; chart < 11; chart += 1) expect(await coloursOf(chart)).toBeGreaterThan(3);
    expect(await page.locator('.scenario.current h1').textContent()).toContain('A kinked catheter');
  });

  it('shows the whole run, says what is under the pointer, and reads the values there', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    expect(await timeAt(0)).toMatch(/^0 s|^\d+ min/);
    expect(await timeAt(1)).toMatch(/^(3 d 23 h|4 d)/);
    expect(await timeAt(0.53)).toMatch(/^2 d 2 h.*: fault kink \(catheter-occlusion\): noticed by/);
    const delivery = page.locator('.scenario.current .chart.curve').first();
    expect(await delivery.locator('.key.programmed b').textContent()).toBe('300');
    expect(await delivery.locator('.key.true b').textContent()).toBe('0');
  });

  it('zooms by keys to where the pointer is, pans, and comes back', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const clock = (text: string): string => text.split(':')[0] ?? '';
    const centre = clock(await timeAt(0.5));
    for (let i = 0; i < 6; i += 1) await press('+');
    expect(clock(await timeAt(0.5))).toBe(centre);
    expect(await timeAt(0)).toMatch(/^1 d 23 h/);
    await press('ArrowRight');
    expect(await timeAt(0)).toMatch(/^1 d 23 h 3|^1 d 23 h 4/);
    await press('0');
    expect(await timeAt(1)).toMatch(/^(3 d 23 h|4 d)/);
  });

  it('zooms to what is dragged over', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const plot = page.locator('.scenario.current .chart.curve .u-over').first();
    const box = (await plot.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.75, box.y + 30, { steps: 4 });
    await page.mouse.up();
    expect(await timeAt(0)).toMatch(/^(1 d 23 h|2 d)/);
    expect(await timeAt(1)).toMatch(/^(2 d 23 h|3 d)/);
    await press('0');
  });

  it('goes from a time in the text to that time in the charts', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    await page.locator('.scenario.current .story .when', { hasText: '2 d 4 min 49 s' }).first().click();
    expect(await timeAt(0)).toMatch(/^1 d 23 h 44 min 49 s/);
    expect(await timeAt(1)).toMatch(/^2 d 44 min 4/);
    await press('0');
  });

  it('takes the control away and brings it back', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const keys = page.locator('.scenario.current .key.control');
    const before = await keys.count();
    expect(before).toBeGreaterThan(4);
    await press('c');
    expect(await keys.count()).toBe(0);
    await press('c');
    expect(await keys.count()).toBe(before);
  });

  it('turns dark and light again', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const paper = (): Promise<string> =>
      page.locator('body').evaluate((body) => {
        const { getComputedStyle } = globalThis as unknown as {
          getComputedStyle(of: unknown): { backgroundColor: string };
        };
        return getComputedStyle(body).backgroundColor;
      });
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await press('t');
    expect(await paper()).toBe('rgb(20, 23, 26)');
    expect(await coloursOf(0)).toBeGreaterThan(3);
    await press('t');
    expect(await paper()).toBe('rgb(255, 255, 255)');
  });

  it('brings the charts into sight when a time below them is clicked', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    const link = page.locator('.scenario.current .expectations .when').first();
    await link.scrollIntoViewIfNeeded();
    const lanes = page.locator('.scenario.current .lanes');
    const top = async (): Promise<number> => (await lanes.boundingBox())?.y ?? Number.NaN;
    expect(await top()).toBeLessThan(0);
    await link.click();
    await expect.poll(top).toBeGreaterThanOrEqual(0);
    expect(await top()).toBeLessThan(900);
    await press('0');
  });

  it('needs no more width than a telephone has', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    await page.setViewportSize({ width: 390, height: 800 });
    const width = page
      .locator('html')
      .evaluate((root) => (root as unknown as { scrollWidth: number }).scrollWidth);
    expect(await width).toBe(390);
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  it('goes on to the failures of another scenario, one after the other', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    expect(await page.locator('.scenario.current h1').textContent()).toContain('A kinked catheter');
    await press('n');
    await page.locator('#scenario-1 canvas').first().waitFor();
    expect(await page.locator('.scenario.current .banner').textContent()).toContain(
      'First failure at 6 h 1 min',
    );
    expect(await timeAt(1 / 3)).toMatch(/^6 h (5\d s|1 min)/);
    await press('n');
    expect(await timeAt(1)).toMatch(/^(23 h 59 min|1 d)/);
  });

  it('can be printed: light, with all charts, and without what only works on a screen', async ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.scenario.current .tools').isVisible()).toBe(false);
    expect(await page.locator('.scenario.current canvas').last().isVisible()).toBe(true);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    const box = await page.locator('.scenario.current canvas').last().boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(700);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: null });
  });

  it('complained of nothing and asked for nothing', ({ skip }) => {
    skip(browser === null, NO_BROWSER);
    expect(complaints).toEqual([]);
  });
});
