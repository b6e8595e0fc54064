import { expect, test } from 'vitest'
import { Asleep } from '../../src/asleep.ts'

/** A window whose document says what the browser would. */
function opened() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' })
  const page = Object.assign(new EventTarget(), { document })
  const told: string[] = []
  const asleep = new Asleep<{ readonly type: string }>(page, ({ type }) => told.push(type))
  document.dispatchEvent(new Event('freeze'))
  return { page, document, told, asleep }
}

test('a frozen page is told nothing, and everything once it goes on', () => {
  const { document, told, asleep } = opened()
  asleep.hear({ type: 'first' })
  asleep.hear({ type: 'second' })
  asleep.hear({ type: 'first' })
  expect(told).toEqual([])
  document.dispatchEvent(new Event('resume'))
  expect(told, 'what was said twice, once').toEqual(['first', 'second'])
  asleep.hear({ type: 'after' })
  expect(told).toEqual(['first', 'second', 'after'])
})

test('back from the back-forward cache it goes on, whether or not the browser says that it resumes', () => {
  const { page, told, asleep } = opened()
  asleep.hear({ type: 'library-replaced' })
  page.dispatchEvent(new Event('pageshow'))
  expect(told).toEqual(['library-replaced'])
})

test('a page that is visible goes on; one that is hidden for another reason does not', () => {
  const { document, told, asleep } = opened()
  asleep.hear({ type: 'records-changed' })
  document.dispatchEvent(new Event('visibilitychange'))
  expect(told).toEqual([])
  document.visibilityState = 'visible'
  document.dispatchEvent(new Event('visibilitychange'))
  expect(told).toEqual(['records-changed'])
})

test('P7 control that was asked for while it was frozen it does not hand over when it goes on: nobody waits for it', () => {
  const { document, told, asleep } = opened()
  asleep.hear({ type: 'hand-over' })
  asleep.hear({ type: 'right-changed' })
  document.dispatchEvent(new Event('resume'))
  expect(told).toEqual(['right-changed'])
  asleep.hear({ type: 'hand-over' })
  expect(told).toEqual(['right-changed', 'hand-over'])
})
