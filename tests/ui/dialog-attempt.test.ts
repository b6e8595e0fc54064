import { html } from 'lit'
import { describe, expect, test } from 'vitest'
import { DialogElement } from '../../src/ui/components/dialog-element.ts'

class Asking extends DialogElement {
  protected override readonly heading = 'Asking'
  protected override body() {
    return html``
  }
  press(work: () => Promise<void>): Promise<void> {
    return this.attempt(work, 'That did not work.')
  }
}
customElements.define('test-asking', Asking)

describe('a button of a dialog', () => {
  test('P8 what cannot be written is said there, and the button works again', async () => {
    const dialog = new Asking()
    await dialog.press(() => Promise.reject(new DOMException('full', 'QuotaExceededError')))
    expect([dialog.busy, dialog.problem]).toEqual([false, 'That did not work.'])
    let done = 0
    await dialog.press(async () => void done++)
    expect([done, dialog.busy, dialog.problem]).toEqual([1, false, null])
  })

  test('pressed twice it does it once', async () => {
    const dialog = new Asking()
    let done = 0
    const first = dialog.press(async () => void done++)
    await dialog.press(async () => void done++)
    await first
    expect(done).toBe(1)
  })
})
