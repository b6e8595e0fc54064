import type { Page } from '@playwright/test'

/** The browser looks for a new version, as it does every hour and whenever a tab is shown. */
export const lookForUpdate = (page: Page): Promise<void> =>
  page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()))

/** Marks the document, so that a reload shows. */
export const mark = (page: Page): Promise<void> =>
  page.evaluate(() => document.documentElement.setAttribute('data-old', ''))
export const isOld = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.hasAttribute('data-old'))

/** A new version has taken over, and the page has been told of it. */
export const replaced = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) =>
        navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true }),
      ),
  )
