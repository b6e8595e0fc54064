import type { App } from './support/app.ts'
import { answer, editorButton, expectAsking, expectFigures } from './support/conflict-dialog.ts'
import { ORDERS, Pair } from './support/conflict-pair.ts'
import { expect, test } from './support/test.ts'

/** What a person may choose instead, set in Settings on both browsers; whoever comes back second has to decide. */
const DOOR = 'Sleep long\nPaint the old door red\nWater the plants'
const OURS = 'You changed it on another device too'

async function choose(
  pair: Pair,
  choices: readonly (readonly [group: string, choice: string])[],
): Promise<void> {
  for (const { app } of pair.hands) {
    await link(app, 'Settings').click()
    for (const [group, choice] of choices) {
      const radio = app.page.getByRole('group', { name: group }).getByRole('radio', { name: choice })
      await radio.check()
      await expect(app.notice('Saved on this device.')).toBeVisible()
    }
    await link(app, 'Library').click()
  }
}
const link = (app: App, name: string) => app.page.getByRole('link', { name, exact: true })

for (const order of ORDERS) {
  test(`P4 P5 the other device wins, this device wins, the later change wins in text too: ${order}`, {
    tag: '@long',
  }, async ({ site, devices }) => {
    test.slow()
    const pair = await Pair.open(site, devices)
    const { here, there } = pair
    const [server, device, latest, late] = await pair.seed(
      ['note', { title: 'One', content: DOOR }],
      ['note', { title: 'Two', content: DOOR }],
      ['note', { title: 'Three', content: DOOR }],
      ['note', { title: 'Four', content: DOOR }],
    )
    const rewrite = async (id: string, colours: readonly [here: string, there: string]): Promise<void> => {
      await here.write(id, 'Title', `Titled-${colours[0]}`)
      await here.write(id, 'Content', DOOR.replace('red', colours[0]))
      await there.write(id, 'Title', `Titled-${colours[1]}`)
      await there.write(id, 'Content', DOOR.replace('red', colours[1]))
    }
    const expectHeld = async (id: string, colour: string): Promise<void> => {
      const held = (await pair.byId()).get(id)
      expect(held).toMatchObject({ title: `Titled-${colour}`, content: DOOR.replace('red', colour) })
    }
    const firstWins = order === 'here first'

    await choose(pair, [[OURS, 'The other device wins']])
    await pair.part()
    await rewrite(server, ['green', 'blue'])
    await pair.rejoin(order)
    await expectHeld(server, firstWins ? 'green' : 'blue')

    await choose(pair, [[OURS, 'This device wins']])
    await pair.part()
    await rewrite(device, ['olive', 'navy'])
    await pair.rejoin(order)
    await expectHeld(device, firstWins ? 'navy' : 'olive')

    await choose(pair, [[OURS, 'The later change wins, in text too']])
    await pair.part()
    await there.write(late, 'Content', DOOR.replace('red', 'pink'))
    await rewrite(latest, ['lime', 'cyan'])
    await here.write(late, 'Content', DOOR.replace('red', 'grey'))
    const { app } = await pair.rejoin(order)
    await expectHeld(latest, 'cyan')
    expect(site.data.content(late)).toBe(DOOR.replace('red', 'grey'))
    await expectFigures(app, { queue: 0, conflicts: 0 })
    await pair.nothingLost()
  })

  test(`P4 P5 always ask: a title, what was deleted there, what was deleted here: ${order}`, {
    tag: '@long',
  }, async ({ site, devices }) => {
    test.slow()
    const pair = await Pair.open(site, devices)
    const { here, there } = pair
    const [title, goneHere, goneThere] = await pair.seed(
      ['note', { title: 'Rome', content: 'x' }],
      ['note', { title: 'Gone here', content: 'one' }],
      ['card', { title: 'Gone there', url: 'https://gone.example/' }],
    )
    await choose(pair, [
      [OURS, 'Always ask'],
      ['Deleted there, edited here', 'Always ask'],
      ['Deleted here, edited there', 'Always ask'],
    ])
    await pair.part()
    await here.write(title, 'Title', 'Rome-here')
    await here.remove(goneHere)
    await here.write(goneThere, 'Description', 'words-here')
    await there.write(title, 'Title', 'Rome-there')
    await there.write(goneHere, 'Content', 'one words-there')
    await there.remove(goneThere)
    const second = await pair.rejoin(order, [title, goneHere, goneThere])
    const { app } = second
    const decides = second === here ? 'here' : 'there'
    const [edited, trashed] = second === here ? [goneThere, goneHere] : [goneHere, goneThere]
    await expectFigures(app, { queue: 3, conflicts: 3, pending: 0, failed: 0 })
    await expectAsking(app, title)
    await expectAsking(app, edited)

    await second.open(title)
    await expect(app.title).toHaveValue(`Rome-${decides}`)
    await answer(app, editorButton(app), 'Keep local version')
    await pair.agree([goneHere, goneThere])
    expect((await pair.byId()).get(title)?.title).toBe(`Rome-${decides}`)

    // In one order the edits are kept, in the other the deletions are.
    const keeps = order === 'here first'
    await second.open(edited)
    await answer(app, editorButton(app), keeps ? 'Keep local version' : 'Use server version')
    await pair.agree([trashed])
    await link(app, 'Trash').click()
    const row = app.page.getByRole('list', { name: 'Deleted records' }).getByRole('listitem')
    const name = second === here ? 'Gone here' : 'Gone there'
    await answer(
      app,
      row.filter({ hasText: name }).getByRole('button', { name: 'Resolve conflict' }),
      keeps ? 'Use server version' : 'Keep local version',
    )
    await pair.agree()
    const now = await pair.byId()
    expect([now.get(edited)?.deleted, now.get(trashed)?.deleted]).toEqual([!keeps, !keeps])
    await expectFigures(app, { queue: 0, conflicts: 0 })
    await pair.nothingLost()
  })
}
