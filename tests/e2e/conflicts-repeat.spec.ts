import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { answer, editorButton, entryOf, expectAsking, expectFigures } from './support/conflict-dialog.ts'
import { Hand, Typed } from './support/conflict-edits.ts'
import { lyingOn, Pair } from './support/conflict-pair.ts'
import { expect, test } from './support/test.ts'

const DOOR = 'Sleep long\nPaint the old door red\nWater the plants'
const painted = (colour: string): string => DOOR.replace('red', colour)
const ONE = { queue: 1, conflicts: 1, pending: 0, processing: 0, failed: 0 }

test('P4 P11 P12 one open conflict a record, however often it repeats, over reloads and restarts, until nothing differs', async ({
  site,
  devices,
}) => {
  test.slow()
  const profile = devices.profile()
  let app = await App.open(await profile.start())
  await app.signUp(ADA)
  const script = await site.signIn(ADA)
  const id = await script.createNote({ title: 'Door', content: DOOR })
  const other = await script.createNote({ title: 'Other', content: '' })
  let hand = new Hand(app, new Typed())
  await hand.open(id)
  await expect(app.content).toHaveValue(DOOR)
  await app.page.context().setOffline(true)
  await hand.write(id, 'Content', painted('green'))
  await script.editNote(id, { content: painted('blue') })
  await app.page.context().setOffline(false)
  await expectAsking(app, id)
  await expectFigures(app, ONE)

  /** It is the same conflict: since when, on what, and with which other side. */
  const conflict = async () => {
    const { outbox, bases, records } = await lyingOn(app.page)
    const base = bases.find((record) => record.id === id)
    const mine = records.find((record) => record.id === id)
    return { states: outbox.map(({ state }) => state), theirs: base?.fields.content, mine: mine?.fields }
  }
  const [first] = (await conflict()).states
  expect(first).toMatchObject({ is: 'conflict', ancestors: { content: DOOR } })

  await script.editNote(id, { content: painted('navy') })
  await expect.poll(async () => (await conflict()).theirs).toBe(painted('navy'))
  await script.editNote(id, { title: 'Door of the shed' })
  await expect(app.title, 'another field is taken in').toHaveValue('Door of the shed')
  await hand.pin(id)
  await hand.write(id, 'Content', painted('dark green'))
  await hand.write(other, 'Content', 'is not held up')
  await expect.poll(() => site.data.content(other), { timeout: 20_000 }).toBe('is not held up')
  // The server has it a moment before this device knows.
  await expect.poll(async () => (await conflict()).states).toEqual([first])
  expect(site.data.record(id)?.fields).toMatchObject({ pinned: false, content: painted('navy') })
  await expectAsking(app, id)
  await expectFigures(app, ONE)

  await app.page.reload()
  await expectAsking(app, id)
  await expectFigures(app, ONE)
  await profile.close()
  app = await App.open(await profile.start(), `/notes/${id}`)
  hand = new Hand(app, new Typed())
  await expect(app.content).toHaveValue(painted('dark green'))
  await expect(app.state).toHaveAttribute('data-sync-state', 'conflict')
  await expect(editorButton(app)).toBeVisible()
  await expectAsking(app, id)
  await expectFigures(app, ONE)
  expect(await conflict()).toMatchObject({ states: [first], theirs: painted('navy'), mine: { pinned: true } })

  // The other side comes to the same words: nothing differs, and what waited with it goes.
  await script.editNote(id, { content: painted('dark green') })
  await expect(entryOf(app, id).getByRole('button', { name: 'Resolve conflict' })).toHaveCount(0, {
    timeout: 20_000,
  })
  await expect.poll(() => site.data.record(id)?.fields.pinned).toBe(true)
  await expect(app.state).toHaveAttribute('data-sync-state', 'synced')
  await expectFigures(app, { queue: 0, conflicts: 0 })
})

test('P4 P5 both devices are asked: the answer of one is the other side of the other, and closes nothing there', {
  tag: '@long',
}, async ({ site, devices }) => {
  test.slow()
  const pair = await Pair.open(site, devices)
  const { here, there, script } = pair
  const [id] = await pair.seed(['note', { title: 'Door', content: DOOR }])
  await pair.part()
  await here.write(id, 'Content', painted('green'))
  await there.write(id, 'Content', painted('blue'))
  await script.editNote(id, { content: painted('grey') })
  pair.typed.add(id, painted('grey'))
  for (const { app } of pair.hands) await app.page.context().setOffline(false)
  for (const { app } of pair.hands) await expectAsking(app, id)
  await pair.agree([id])

  await answer(there.app, editorButton(there.app), 'Keep local version')
  await pair.agree([id])
  expect(site.data.content(id)).toBe(painted('blue'))
  await there.write(id, 'Title', 'Door of the shed')
  await expect(here.app.title).toHaveValue('Door of the shed', { timeout: 20_000 })
  await expectAsking(here.app, id)
  await expectFigures(here.app, ONE)
  await expectFigures(there.app, { queue: 0, conflicts: 0 })

  const dialog = here.app.dialog('Resolve conflict')
  await editorButton(here.app).click()
  await expect(dialog).toContainText('blue')
  await expect(dialog).not.toContainText('grey')
  await here.app.page.keyboard.press('Escape')
  await answer(here.app, editorButton(here.app), 'Merge both')
  await pair.agree()
  for (const colour of ['green', 'blue']) expect(site.data.content(id)).toContain(colour)
  await pair.nothingLost()
})
