import { answer, editorButton, entryOf, expectAsking, expectFigures } from './support/conflict-dialog.ts'
import type { Hand } from './support/conflict-edits.ts'
import { ORDERS, Pair } from './support/conflict-pair.ts'
import { expect, test } from './support/test.ts'

/**
 * The design's table of conflicts, row by row, with the choices as they come: two signed-in browsers, both offline,
 * and both orders of coming back. The first of them has made its change earlier, so that its stamp is the older one.
 */
const DOOR = 'Sleep long\nPaint the old door red\nWater the plants'

/** Names its device as its person does it, in `Sync status`. */
async function name({ app }: Hand, as: string): Promise<void> {
  await app.button('Sync status').click()
  const own = app.page
    .getByRole('region', { name: 'Other devices' })
    .getByRole('listitem')
    .filter({ hasText: 'This device' })
  await own.getByRole('button', { name: 'Rename' }).click()
  await expect(app.page.getByRole('textbox', { name: /^Name of/ })).toBeFocused()
  await app.page.keyboard.type(as)
  await app.page.keyboard.press('Enter')
  await expect(own).toContainText(as)
  await expect(own.getByRole('button', { name: 'Rename' })).toBeFocused()
  await app.page.keyboard.press('Escape')
}

for (const order of ORDERS) {
  test.describe(order, { tag: order === ORDERS[0] ? [] : '@long' }, () => {
    test('P4 P5 simultaneous edits undetected: overlapping text asks, blocks nothing else, and each answer reaches both', async ({
      site,
      devices,
    }) => {
      test.slow()
      const pair = await Pair.open(site, devices)
      const { here, there } = pair
      const [keep, use, both, other] = await pair.seed(
        ['note', { title: 'Kept', content: DOOR }],
        ['note', { title: 'Used', content: DOOR }],
        ['card', { title: 'Merged', url: 'https://paint.example/', description: DOOR }],
        ['note', { title: 'Other', content: 'plain' }],
      )
      await name(order === ORDERS[0] ? here : there, 'Mill')
      await pair.part()
      await here.write(keep, 'Content', DOOR.replace('red', 'green'))
      await here.write(use, 'Content', DOOR.replace('red', 'olive'))
      await here.write(both, 'Description', DOOR.replace('red', 'lime').replace('long', 'longer'))
      await there.write(keep, 'Content', DOOR.replace('red', 'blue'))
      await there.write(use, 'Content', DOOR.replace('red', 'navy'))
      await there.write(both, 'Description', DOOR.replace('red', 'cyan').replace('plants', 'garden'))
      const second = await pair.rejoin(order, [keep, use, both])
      const { app } = second
      const [mine, theirs] = second === here ? ['green', 'navy'] : ['blue', 'olive']

      await expect(app.notice('was changed in two places').first()).toBeVisible()
      await expectFigures(app, { queue: 3, conflicts: 3, pending: 0, failed: 0 })
      for (const id of [keep, use, both]) await expectAsking(app, id)
      await second.open(keep)
      await expect(app.state).toHaveAttribute('data-sync-state', 'conflict')
      await expect(editorButton(app)).toBeVisible()
      await expect(app.content).toHaveValue(DOOR.replace('red', mine))

      // Meanwhile all else goes on, both ways.
      await second.write(other, 'Content', 'plain, and on it goes')
      await pair.agree([keep, use, both])

      await second.open(keep)
      await editorButton(app).click()
      const dialog = app.dialog('Resolve conflict')
      await expect(dialog).toContainText('“Kept” was changed here and on Mill.')
      await expect(dialog.getByRole('group', { name: /^Mill, you, today/ })).toContainText(
        mine === 'green' ? 'blue' : 'green',
      )
      await app.page.keyboard.press('Escape')
      await answer(app, editorButton(app), 'Keep local version')
      await pair.agree([use, both])
      await answer(
        app,
        entryOf(app, use).getByRole('button', { name: 'Resolve conflict' }),
        'Use server version',
      )
      await pair.agree([both])
      await second.open(both)
      await answer(app, editorButton(app), 'Merge both')
      await pair.agree()

      for (const { app: either } of pair.hands) await expectFigures(either, { queue: 0, conflicts: 0 })
      expect(site.data.content(keep)).toBe(DOOR.replace('red', mine))
      expect(site.data.content(use)).toBe(DOOR.replace('red', theirs))
      const merged = String(site.data.record(both)?.fields.description)
      for (const word of ['lime', 'cyan', 'longer', 'garden']) expect(merged).toContain(word)
      await pair.nothingLost()
    })

    test('P4 P5 conflicts losing data: single values, sets, lines and deletions; what loses is in the history', async ({
      site,
      devices,
    }) => {
      test.slow()
      const pair = await Pair.open(site, devices)
      const { here, there } = pair
      const seeds = await pair.seed(
        ['note', { title: 'Trip', content: 'x' }],
        ['note', { title: 'Plan', content: 'x' }],
        ['card', { title: 'Link', url: 'https://old.example/' }],
        ['note', { title: 'Pinned', content: 'first\nmiddle\nlast' }],
        ['collection', { name: 'Box' }],
        ['collection', { name: 'Shelf' }],
        ['collection', { name: 'Drawer' }],
        ['note', { title: 'Tags', tags: ['keep', 'drop'] }],
        ['note', { title: 'List', content: 'milk\nbread' }],
        ['note', { title: 'Deleted there', content: 'one' }],
        ['card', { title: 'Deleted here', url: 'https://gone.example/' }],
      )
      const [title, late, url, lines, box, shelf, drawer, sets, added, goneThere, goneHere] = seeds
      await here.file(sets, 'Shelf')
      await pair.agree()
      await pair.part()

      await there.write(late, 'Title', 'Plan-there')
      await here.write(title, 'Title', 'Trip-here')
      await here.write(url, 'URL', 'https://here.example/page')
      await here.pin(lines)
      await here.write(lines, 'Content', 'first-here\nmiddle\nlast')
      await here.write(box, 'Name', 'Box-here')
      await here.nest(box, shelf)
      await here.tag(sets, 'keep', 'tag-here')
      await here.file(sets, 'Shelf', 'Box-here')
      await here.write(added, 'Content', 'milk\nbread\neggs-here')
      await here.write(goneThere, 'Content', 'one, edited-here')
      await here.remove(goneHere)

      await there.write(title, 'Title', 'Trip-there')
      await there.write(url, 'URL', 'https://there.example/page')
      await there.pin(lines)
      await there.write(lines, 'Content', 'first\nmiddle\nlast-there')
      await there.write(box, 'Name', 'Box-there')
      await there.nest(box, drawer)
      await there.tag(sets, 'keep', 'drop', 'tag-there')
      await there.file(sets, 'Drawer')
      await there.write(added, 'Content', 'milk\nbread\nsalt-there')
      await there.remove(goneThere)
      await there.write(goneHere, 'Description', 'wanted-there')
      // The stamp decides, not whose turn it is.
      await here.write(late, 'Title', 'Plan-here')

      const second = await pair.rejoin(order)
      const now = await pair.byId()
      expect(now.get(title)).toMatchObject({ title: 'Trip-there' })
      expect(now.get(late)).toMatchObject({ title: 'Plan-here' })
      expect(now.get(url)).toMatchObject({ url: 'https://there.example/page' })
      expect(now.get(lines)).toMatchObject({ pinned: true, content: 'first-here\nmiddle\nlast-there' })
      expect(now.get(box)).toMatchObject({ name: 'Box-there', parentId: drawer })
      const { tags, collectionIds } = now.get(sets) as Record<string, string[]>
      expect([...(tags ?? [])].sort()).toEqual(['keep', 'tag-here', 'tag-there'])
      expect([...(collectionIds ?? [])].sort()).toEqual([box, drawer].sort())
      const list = String(now.get(added)?.content).split('\n')
      expect(list.slice(0, 2)).toEqual(['milk', 'bread'])
      expect(list.slice(2).sort()).toEqual(['eggs-here', 'salt-there'])
      expect(now.get(goneThere)).toMatchObject({ deleted: false, content: 'one, edited-here' })
      expect(now.get(goneHere)).toMatchObject({ deleted: false, description: 'wanted-there' })

      const { app } = second
      for (const name of ['Deleted there', 'Deleted here'])
        await expect(app.notice(`“${name}” was deleted on one device and edited on another`)).toBeVisible()
      for (const { app: either } of pair.hands) await expect(either.figure('conflicts')).toHaveText('0')
      await pair.nothingLost()

      // As a person finds it: the title that lost, on the device that had to choose.
      await second.open(title)
      await expect(app.title).toHaveValue('Trip-there')
      await app.button('Version history').click()
      const panel = app.dialog('Version history')
      await expect(panel.getByRole('listitem').filter({ hasText: 'Trip-here' }).first()).toBeVisible()
    })

    test('P4 P5 duplicates from simultaneous creation of one URL: one card is left, and no link to the other is dead', async ({
      site,
      devices,
    }) => {
      test.slow()
      const pair = await Pair.open(site, devices)
      const { here, there } = pair
      const [shelf, drawer] = await pair.seed(
        ['collection', { name: 'Shelf' }],
        ['collection', { name: 'Drawer' }],
      )
      await pair.part()
      const ids = {
        here: await here.saveCard('https://one.example/page?utm_source=mail', 'Harbour'),
        there: await there.saveCard('https://ONE.example/page#part', 'Thicket'),
      }
      await here.tag(ids.here, 'tag-here')
      await here.file(ids.here, 'Shelf')
      await there.tag(ids.there, 'tag-there')
      await there.file(ids.there, 'Drawer')
      const second = await pair.rejoin(order)
      const [stays, went] = order === 'here first' ? [ids.here, ids.there] : [ids.there, ids.here]

      const cards = site.data.records('card')
      expect(cards.map(({ id }) => id)).toEqual([stays])
      const fields = (cards[0]?.fields ?? {}) as Record<string, string[]>
      expect([...(fields.tags ?? [])].sort()).toEqual(['tag-here', 'tag-there'])
      expect([...(fields.collectionIds ?? [])].sort()).toEqual([shelf, drawer].sort())
      expect(fields.formerIds).toEqual([went])
      expect(fields.title, 'the later one').toBe('Thicket')
      await pair.nothingLost()

      // The open page of the card that went has followed, and so does its address, on either device.
      await expect(second.app.title).toHaveValue('Thicket')
      await expect(second.app.state).toHaveAttribute('data-sync-state', 'synced')
      for (const { app } of pair.hands) {
        await expect(app.library.locator('a[href^="/cards/"]')).toHaveCount(1)
        await app.page.goto(`/cards/${went}`)
        await expect(app.title).toHaveValue('Thicket')
        await app.library.locator('a[href^="/cards/"]').click()
        await expect(app.page).toHaveURL(new RegExp(stays))
        await expect(app.title).toHaveValue('Thicket')
      }
      // What is typed under the old address goes into the card that stays.
      await second.app.page.goto(`/cards/${went}`)
      await second.app.page.getByRole('textbox', { name: 'Description' }).fill('typed-at-the-old-address')
      await pair.agree()
      expect(site.data.record(stays)?.fields.description).toBe('typed-at-the-old-address')
      const panel = second.app.dialog('Version history')
      await second.app.button('Version history').click()
      const lost = panel.getByRole('listitem').filter({ hasText: 'Harbour' })
      await expect(lost.first()).toBeVisible()
      await expect(panel.getByText('Reading the versions')).toHaveCount(0)
      // Two cards that became one had nothing in common before: there is no merge to undo.
      const restore = lost.filter({ hasText: 'Lost to a change' }).getByRole('button')
      await expect(restore).toHaveText(['Restore'])
      await restore.click()
      await expect(panel).toBeHidden()
      for (const { app } of pair.hands) await expect(app.title).toHaveValue('Harbour')
      await pair.agree()
      expect(site.data.record(stays)?.fields.title).toBe('Harbour')
    })
  })
}
