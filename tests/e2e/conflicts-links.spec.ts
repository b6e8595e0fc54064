import { lyingOn, Pair } from './support/conflict-pair.ts'
import { expect, test } from './support/test.ts'

/**
 * The rest of the row on links in the design's table: a create whose URL a live card holds, while that answer is on its
 * way and things change. The other device is back first in each, or there would be no card to meet.
 */
test('P4 P5 a link saved on two devices, then corrected, deleted there, deleted here, or with a change of the other card waiting', async ({
  site,
  devices,
}) => {
  test.slow()
  const pair = await Pair.open(site, devices)
  const { here, there } = pair
  const [moved] = await pair.seed(['card', { title: 'Moved', url: 'https://before.example/' }])
  await pair.part()

  const links = {
    corrected: 'https://one.example/',
    gone: 'https://two.example/',
    given: 'https://three.example/',
  }
  const theirs = {
    corrected: await there.saveCard(links.corrected, 'Thicket'),
    gone: await there.saveCard(links.gone, 'Meadow'),
    given: await there.saveCard(links.given, 'Marsh'),
  }
  await there.write(moved, 'URL', 'https://four.example/')
  const mine = {
    corrected: await here.saveCard(links.corrected, 'Harbour'),
    gone: await here.saveCard(links.gone, 'Quay'),
    given: await here.saveCard(links.given, 'Pier'),
    moved: await here.saveCard('https://four.example/', 'Jetty'),
  }
  await here.write(moved, 'Description', 'described-here')
  await there.app.page.context().setOffline(false)
  await expect
    .poll(() => [site.data.records('card').length, site.data.record(moved)?.fields.url], { timeout: 30_000 })
    .toEqual([4, 'https://four.example/'])

  // The server has said what holds those links, and nobody has heard it.
  const held = site.proxy.holdNextPush()
  await here.app.page.context().setOffline(false)
  await held.answered
  await here.write(mine.corrected, 'URL', 'https://corrected.example/')
  pair.typed.replaced(mine.corrected, links.corrected)
  await here.remove(mine.given)
  await there.remove(theirs.gone)
  await expect.poll(() => site.data.record(theirs.gone)?.fields.deleted).toBe(true)
  held.drop()

  await pair.agree([], [mine.given])
  const cards = new Map(
    site.data.records('card').map(({ id, fields }) => [id, { deleted: false, formerIds: [], ...fields }]),
  )
  expect([...cards.keys()].sort()).toEqual(
    [...Object.values(theirs), moved, mine.corrected, mine.gone].sort(),
  )
  expect(cards.get(mine.corrected), 'corrected: a card of its own').toMatchObject({
    url: 'https://corrected.example/',
    title: 'Harbour',
    deleted: false,
  })
  expect(cards.get(theirs.corrected)).toMatchObject({ title: 'Thicket', formerIds: [] })
  expect(cards.get(mine.gone), 'the other one is in the Trash: sent again').toMatchObject({
    url: links.gone,
    title: 'Quay',
    deleted: false,
  })
  expect(cards.get(theirs.gone)).toMatchObject({ title: 'Meadow', deleted: true })
  expect(cards.get(theirs.given), 'deleted here: it just goes').toMatchObject({
    title: 'Marsh',
    deleted: false,
    formerIds: [],
  })
  expect(cards.get(moved), 'its own change first, then both are one').toMatchObject({
    url: 'https://four.example/',
    title: 'Jetty',
    description: 'described-here',
    formerIds: [mine.moved],
  })
  await pair.nothingLost()
  // Each of the four is what happened.
  const { journal } = await lyingOn(here.app.page)
  const told = journal.flatMap(({ event }) => (event.what === 'duplicate' ? [[event.record, event.how]] : []))
  for (const [id, how] of [
    [mine.corrected, 'again'],
    [mine.gone, 'again'],
    [mine.given, 'gone'],
    [mine.moved, 'later'],
    [mine.moved, 'merged'],
  ])
    expect(told).toContainEqual([id, how])

  // What was deleted here is in the Trash of this device, with its words, and nowhere else.
  await here.app.page.goto('/trash')
  await expect(here.app.page.getByText('Pier')).toBeVisible()
  await expect(here.app.page.getByText('Meadow')).toBeVisible()
  await there.app.page.goto('/trash')
  await expect(there.app.page.getByText('Meadow')).toBeVisible()
  await expect(there.app.page.getByText('Pier')).toHaveCount(0)
  for (const { app } of pair.hands) {
    await app.page.goto(`/cards/${mine.moved}`)
    await expect(app.title).toHaveValue('Jetty')
  }
})
