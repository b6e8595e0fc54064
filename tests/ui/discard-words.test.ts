import { expect, test } from 'vitest'
import type { Held } from '../../src/core/settle.ts'
import { FailedDesk, type FailedDeskHost } from '../../src/ui/controllers/failed-desk.ts'
import type { PageWorld } from '../../src/ui/controllers/page-world.ts'
import { discardWords } from '../../src/ui/discard-words.ts'
import { Device } from '../support/device.ts'
import { dirty, flying, idOf, note } from '../support/device-records.ts'
import { MemoryServer, NO_ANSWER } from '../support/device-server.ts'

const TRASH = 'it goes to the Trash on this device, with all its text'
const KEPT = 'Your text stays in its version history on this device.'
const base = note('one', { version: 3 })
const mine = { ...base, fields: { ...base.fields, content: 'two' } }
const purged = { ...base, fields: { deleted: true, purged: true } }
const lacking = { ...base, version: 0 }
const held = (before: Held['base'], entry: Held['entry']): Held => ({ record: mine, base: before, entry })

test.each<[string, Held, string]>([
  ['never sent', held(null, dirty(null, mine).entry), `It was never on the server: ${TRASH}.`],
  [
    'sent, and the answer was lost',
    held(null, flying(null, mine).entry),
    `If this change has not arrived yet, ${TRASH}; if it has, the record goes back to what arrived. ${KEPT}`,
  ],
  [
    'on the server',
    held(base, dirty(base, mine).entry),
    `The record goes back to what the server has. ${KEPT}`,
  ],
  [
    'on its way there',
    held(base, flying(base, mine).entry),
    `The record goes back to what the server has. ${KEPT}`,
  ],
  [
    'deleted for good elsewhere',
    held(purged, dirty(purged, mine).entry),
    `It was deleted for good on another device: ${TRASH}.`,
  ],
  [
    'deleted for good elsewhere while it was on its way',
    held(base, { ...flying(base, mine).entry, parked: purged }),
    `It was deleted for good on another device. If this change has not arrived yet, ${TRASH}; if it has, the record goes back to what arrived. ${KEPT}`,
  ],
  [
    'lost by the server',
    held(lacking, dirty(lacking, mine).entry),
    `The server has it no more: the record goes back to what it was before, and is sent whole. ${KEPT}`,
  ],
])('P8: before a change is given up, words say where its text goes: %s', (_, before, words) => {
  expect(discardWords(before)).toBe(words)
})

test('P8: they are of what is stored: a first push whose answer was lost may have arrived', async () => {
  const server = new MemoryServer(Date.now)
  const device = await Device.open(server)
  const desk = new FailedDesk({ db: device.db } as PageWorld, {} as FailedDeskHost)
  await device.write(idOf(1), { title: 't' })
  expect(await desk.discardWords(idOf(1))).toMatch(/^It was never on the server/)
  server.onPush = () => NO_ANSWER
  await device.engine.wake('changed', 0)
  expect(await desk.discardWords(idOf(1))).toMatch(/^If this change has not arrived yet/)
})
