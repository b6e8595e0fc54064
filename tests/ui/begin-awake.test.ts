import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { beginAwake } from '../../src/begin-awake.ts'
import { Database } from '../../src/store/database.ts'
import { tick } from '../support/device.ts'

/** A page whose document says what the browser would, and how many transactions its store began. */
async function opened() {
  const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' })
  const page = Object.assign(new EventTarget(), { document })
  const db = await Database.open()
  beginAwake(db, page)
  let begun = 0
  const count = () =>
    db.run(['records'], 'readonly', (tx) => {
      begun++
      return tx.objectStore('records').count()
    })
  return { page, document, count, begun: () => begun }
}
const several = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await tick()
}

test('P7 a frozen page begins no transaction, for which all would wait; what it wanted is done when it goes on', async () => {
  const { document, count, begun } = await opened()
  document.dispatchEvent(new Event('freeze'))
  const both = Promise.all([count(), count()])
  await several()
  expect(begun()).toBe(0)
  document.dispatchEvent(new Event('resume'))
  expect(await both).toEqual([0, 0])
})

test.each(['pageshow', 'visibilitychange'])('%s alone says as well that it goes on', async (said) => {
  const { page, document, count } = await opened()
  document.dispatchEvent(new Event('freeze'))
  const counted = count()
  if (said === 'visibilitychange') document.visibilityState = 'visible'
  ;(said === 'pageshow' ? page : document).dispatchEvent(new Event(said))
  expect(await counted).toBe(0)
})

test('frozen again before what waited could begin, it waits on', async () => {
  const { document, count, begun } = await opened()
  document.dispatchEvent(new Event('freeze'))
  const counted = count()
  document.dispatchEvent(new Event('resume'))
  document.dispatchEvent(new Event('freeze'))
  await several()
  expect(begun()).toBe(0)
  document.dispatchEvent(new Event('resume'))
  expect(await counted).toBe(0)
})

test('P1 awake, it begins in the caller’s own task', async () => {
  const { count, begun } = await opened()
  const counted = count()
  expect(begun()).toBe(1)
  await counted
})
