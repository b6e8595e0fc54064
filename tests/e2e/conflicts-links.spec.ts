import type { Hand } from './support/conflict-edits.ts'
import { lyingOn, ORDERS, type Order, Pair, type Shown } from './support/conflict-pair.ts'
import { PUSH } from './support/proxy.ts'
import type { Site } from './support/site.ts'
import { type Devices, expect, test } from './support/test.ts'

/**
 * The rest of the row on links in the design's table: a create whose URL a live card holds, while that answer is on its
 * way and things change. The first that is back holds the links, the second finds them held; what was changed offline
 * was changed there before here, whoever is back first.
 */
const LINKS = {
  corrected: 'https://one.example/',
  gone: 'https://two.example/',
  given: 'https://three.example/',
  moved: 'https://four.example/',
}
const CORRECTED = 'https://corrected.example/'

/** Both were offline; the server has said what holds those links to the second, and nobody has heard it. */
async function meet(site: Site, devices: Devices, order: Order) {
  const pair = await Pair.open(site, devices)
  const [first, second] = pair.inOrder(order)
  const [moved] = await pair.seed(['card', { title: 'Moved', url: 'https://before.example/' }])
  await pair.part()

  const holds = async (hand: Hand) => {
    const ids = {
      corrected: await hand.saveCard(LINKS.corrected, 'Thicket'),
      gone: await hand.saveCard(LINKS.gone, 'Meadow'),
      given: await hand.saveCard(LINKS.given, 'Marsh'),
    }
    await hand.write(moved, 'URL', LINKS.moved)
    return ids
  }
  const finds = async (hand: Hand) => {
    const ids = {
      corrected: await hand.saveCard(LINKS.corrected, 'Harbour'),
      gone: await hand.saveCard(LINKS.gone, 'Quay'),
      given: await hand.saveCard(LINKS.given, 'Pier'),
      moved: await hand.saveCard(LINKS.moved, 'Jetty'),
    }
    await hand.write(moved, 'Description', 'described-then')
    return ids
  }
  const before = second === pair.there ? await finds(second) : null
  const theirs = await holds(first)
  const mine = before ?? (await finds(second))
  for (const { app } of pair.hands) await app.connection('offline')
  const cards = () => site.data.records('card').map(({ id, fields }) => [id, fields.url])
  expect(cards(), 'nothing has got out').toEqual([[moved, 'https://before.example/']])

  await first.app.page.context().setOffline(false)
  await expect
    .poll(() => [cards().length, site.data.record(moved)?.fields.url], { timeout: 30_000 })
    .toEqual([4, LINKS.moved])
  // The server has it all a moment before its answer is there, and the one that is held is to be the second's.
  await expect.poll(async () => (await lyingOn(first.app.page)).outbox).toEqual([])
  const held = site.proxy.holdNextPush()
  await second.app.page.context().setOffline(false)
  await held.answered
  expect(
    cards()
      .map(([id]) => id)
      .sort(),
    'each of them was refused',
  ).toEqual([...Object.values(theirs), moved].sort())
  return { pair, first, second, moved, theirs, mine, held }
}

type Met = Awaited<ReturnType<typeof meet>>

/** What the person of the second does before it hears that the links are held. */
async function change({ pair, second, mine }: Met): Promise<void> {
  await second.write(mine.corrected, 'URL', CORRECTED)
  pair.typed.replaced(mine.corrected, LINKS.corrected)
  await second.remove(mine.given)
}

/** Nor does it come when the browser by itself asks for it once more, as it does where a connection breaks. */
async function lose({ proxy }: Site, { second, held }: Met): Promise<void> {
  const failures = async () =>
    (await lyingOn(second.app.page)).journal.filter(({ event }) => event.what === 'failed').length
  const before = await failures()
  proxy.interfere(({ path }) => (path === PUSH ? { is: 'lost' } : null))
  held.drop()
  await expect.poll(failures).toBeGreaterThan(before)
  proxy.interfere(null)
}

/** All but the card whose other was deleted: which of those stays is for each test to say. */
function expectRow({ moved, theirs, mine }: Met, cards: ReadonlyMap<unknown, Shown>): void {
  expect(cards.get(mine.corrected), 'corrected: a card of its own').toMatchObject({
    url: CORRECTED,
    title: 'Harbour',
    deleted: false,
  })
  expect(cards.get(theirs.corrected)).toMatchObject({
    url: LINKS.corrected,
    title: 'Thicket',
    deleted: false,
    formerIds: [],
  })
  expect(cards.get(theirs.given), 'deleted here: it just goes').toMatchObject({
    url: LINKS.given,
    title: 'Marsh',
    deleted: false,
    formerIds: [],
  })
  expect(cards.get(moved), 'its own change first, then both are one').toMatchObject({
    url: LINKS.moved,
    title: 'Jetty',
    description: 'described-then',
    deleted: false,
    formerIds: [mine.moved],
  })
}

const cardsOf = (site: Site): ReadonlyMap<string, Shown> =>
  new Map(
    site.data.records('card').map(({ id, fields }) => [id, { deleted: false, formerIds: [], ...fields }]),
  )

/** Each of them is what happened on the second. */
async function expectTold(
  { second }: Met,
  happened: readonly (readonly [id: string, how: string])[],
): Promise<void> {
  const { journal } = await lyingOn(second.app.page)
  const told = journal.flatMap(({ event }) => (event.what === 'duplicate' ? [[event.record, event.how]] : []))
  for (const one of happened) expect(told).toContainEqual(one)
}

/** What the second deleted is in its own Trash, with its words, and nowhere else; `both` is in that of either. */
async function expectInTrash({ first, second }: Met, ...both: readonly string[]): Promise<void> {
  for (const { app } of [first, second]) {
    await app.page.goto('/trash')
    for (const title of both) await expect(app.page.getByText(title)).toBeVisible()
    if (app === second.app) await expect(app.page.getByText('Pier')).toBeVisible()
    else await expect(app.page.getByText('Pier')).toHaveCount(0)
  }
}

/** The address of a card that went leads to the one that took it in, on both. */
async function expectLeads({ pair }: Met, former: string, title: string): Promise<void> {
  for (const { app } of pair.hands) {
    await app.page.goto(`/cards/${former}`)
    await expect(app.title).toHaveValue(title)
  }
}

for (const order of ORDERS) {
  test.describe(order, { tag: order === 'there first' ? [] : '@long' }, () => {
    test('P4 P5 a link saved on two devices, then corrected, deleted there, deleted here, or with a change of the other card waiting', async ({
      site,
      devices,
    }) => {
      test.slow()
      const met = await meet(site, devices, order)
      const { pair, first, moved, theirs, mine, held } = met
      await change(met)
      await first.remove(theirs.gone)
      await expect.poll(() => site.data.record(theirs.gone)?.fields.deleted).toBe(true)
      held.drop()

      await pair.agree([], [mine.given])
      const cards = cardsOf(site)
      expect([...cards.keys()].sort()).toEqual(
        [...Object.values(theirs), moved, mine.corrected, mine.gone].sort(),
      )
      expectRow(met, cards)
      expect(cards.get(mine.gone), 'the other one is in the Trash: sent again').toMatchObject({
        url: LINKS.gone,
        title: 'Quay',
        deleted: false,
      })
      expect(cards.get(theirs.gone)).toMatchObject({ title: 'Meadow', deleted: true, formerIds: [] })
      await pair.nothingLost()
      await expectTold(met, [
        [mine.corrected, 'again'],
        [mine.gone, 'again'],
        [mine.given, 'gone'],
        [mine.moved, 'later'],
        [mine.moved, 'merged'],
      ])
      await expectInTrash(met, 'Meadow')
      await expectLeads(met, mine.moved, 'Jetty')
    })
  })
}

/** The answer is lost, and all else is done with both offline again: now either may be back first. */
for (const order of ORDERS)
  for (const again of ORDERS)
    test(`P4 P5 a link saved on two devices, ${order}; the answer lost, both offline again, and changed then; ${again}`, {
      tag: '@long',
    }, async ({ site, devices }) => {
      test.slow()
      const met = await meet(site, devices, order)
      const { pair, first, second, moved, theirs, mine } = met
      await pair.part()
      await lose(site, met)
      const before = await pair.atServer()
      await change(met)
      await first.remove(theirs.gone)
      for (const { app } of pair.hands) await app.connection('offline')
      expect(await pair.atServer(), 'nothing has got out').toEqual(before)
      await pair.rejoin(again, [], [mine.given])

      const cards = cardsOf(site)
      expectRow(met, cards)
      const stays = [...Object.values(theirs), moved, mine.corrected]
      if (again === order) {
        // The other card is in the Trash by now: sent again.
        expect([...cards.keys()].sort()).toEqual([...stays, mine.gone].sort())
        expect(cards.get(mine.gone)).toMatchObject({ url: LINKS.gone, title: 'Quay', deleted: false })
        expect(cards.get(theirs.gone)).toMatchObject({ title: 'Meadow', deleted: true, formerIds: [] })
      } else {
        // It still lives and takes in what the second saved: an edit, which wins over the deletion that comes after.
        expect([...cards.keys()].sort()).toEqual([...stays].sort())
        expect(cards.get(theirs.gone), 'with the later title').toMatchObject({
          url: LINKS.gone,
          title: second === pair.here ? 'Quay' : 'Meadow',
          deleted: false,
          formerIds: [mine.gone],
        })
        await expect(
          first.app.notice('was deleted on one device and edited on another. The edit was kept'),
        ).toBeVisible()
      }
      await pair.nothingLost()
      await expectTold(met, [
        [mine.corrected, 'again'],
        [mine.gone, again === order ? 'again' : 'merged'],
        [mine.given, 'gone'],
        [mine.moved, 'later'],
        [mine.moved, 'merged'],
      ])
      await expectInTrash(met, ...(again === order ? ['Meadow'] : []))
      await expectLeads(met, mine.moved, 'Jetty')
      if (again !== order) await expectLeads(met, mine.gone, second === pair.here ? 'Quay' : 'Meadow')
    })

test('P4 P5 a card that is given a link which another device saved and sent first: both stay, and both are offered to be merged', {
  tag: '@long',
}, async ({ site, devices }) => {
  test.slow()
  const pair = await Pair.open(site, devices)
  const { here, there } = pair
  const [moved] = await pair.seed(['card', { title: 'Moved', url: 'https://before.example/' }])
  await pair.part()
  await there.write(moved, 'URL', LINKS.moved)
  const saved = await here.saveCard(LINKS.moved, 'Jetty')
  await here.write(moved, 'Description', 'described-then')
  for (const { app } of pair.hands) await app.connection('offline')
  await pair.rejoin('here first')

  const cards = cardsOf(site)
  expect([...cards.keys()].sort()).toEqual([moved, saved].sort())
  expect(cards.get(moved)).toMatchObject({
    url: LINKS.moved,
    title: 'Moved',
    description: 'described-then',
    deleted: false,
    formerIds: [],
  })
  expect(cards.get(saved)).toMatchObject({ url: LINKS.moved, title: 'Jetty', deleted: false, formerIds: [] })
  await pair.nothingLost()
  for (const hand of pair.hands)
    for (const id of [moved, saved]) {
      await hand.open(id)
      await expect(hand.app.button('Merge the two')).toBeVisible()
    }
})
