// The frames of the live page in Chromium, and the work of the page's main thread, by the browser's own trace.
import { chromium } from 'playwright-core';

/** The time of a measurement, in milliseconds. */
const TIME = 8000;
/** The work, in milliseconds, that leaves 50 frames a second. */
const FRAME = 20;

/** Opens the page, and measures: at rest while its charts move, and while it is scrolled. */
export async function framesOf(url) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url);
    await page.locator('article canvas').first().waitFor();
    await page.waitForTimeout(TIME / 2);
    return {
      ...(await measured(browser, page, 'rest')),
      ...(await measured(browser, page, 'scrolling')),
    };
  } finally {
    await browser.close();
  }
}

async function measured(browser, page, state) {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  const frames = await page.evaluate(count, { time: TIME, step: state === 'rest' ? 0 : 12 });
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const tasks = mainTasks(traceEvents);
  const work = tasks.reduce((sum, task) => sum + task, 0);
  const long = tasks.filter((task) => task > FRAME).length;
  return {
    [`${state} frames`]: (1000 * frames) / TIME,
    [`${state} share`]: (100 * work) / TIME,
    [`${state} short`]: 100 * (1 - long / frames),
  };
}

/** In the page: counts frames, and scrolls in each of them. */
function count({ time, step }) {
  return new Promise((resolve) => {
    const end = performance.now() + time;
    let frames = 0;
    const next = () => {
      frames += 1;
      scrollBy(0, step);
      if (performance.now() < end) requestAnimationFrame(next);
      else resolve(frames);
    };
    requestAnimationFrame(next);
  });
}

/** The processor times of the tasks of the page's main thread, in milliseconds. */
function mainTasks(events) {
  const { pid, tid } = events.find(({ name }) => name === 'FireAnimationFrame');
  return events
    .filter((event) => event.pid === pid && event.tid === tid && event.tdur !== undefined)
    .filter(({ name }) => name.endsWith('RunTask'))
    .map(({ tdur }) => tdur / 1000);
}
