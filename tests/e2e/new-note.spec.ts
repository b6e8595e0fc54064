import { App } from './support/app.ts'
import { storedField } from './support/store.ts'
import { expect, test } from './support/test.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz'
const WINDOWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 780 } } as const

for (const window of ['desktop', 'phone'] as const) {
  for (const by of ['click', 'Enter'] as const) {
    test(`no letter typed right after New note is lost: ${window}, by ${by}`, async ({ devices }) => {
      const app = await App.open(await devices.context({ viewport: WINDOWS[window] }))
      const { page } = app
      for (const letters of [ALPHABET, [...ALPHABET].reverse().join('')]) {
        await page.goto('/')
        if (window === 'phone') await app.button('New').click()
        const button = app.button('New note')
        if (by === 'click') await button.click()
        else {
          await button.focus()
          await page.keyboard.press('Enter')
        }
        await page.keyboard.type(letters)
        await expect(app.title).toHaveValue(letters)
        await expect(app.state).toHaveAttribute('data-sync-state', 'local')
        await expect.poll(() => storedField(page, app.id, 'title')).toBe(letters)
        await expect(app.title).toBeFocused()
      }
    })
  }
}
