import { type Fields, list, type RecordState, text } from '../../src/core/records.ts'
import type { SimDevice } from './device.ts'
import { tokensIn } from './model.ts'
import type { Random } from './random.ts'
import { restoreVersion } from './restoring.ts'
import { isBane, POISON, REFUSED, withoutBanes } from './server.ts'
import type { Simulation } from './simulation.ts'
import type { Doing } from './steps.ts'
import type { SimTab } from './tab.ts'

/** A person's hand at one tab. */
interface Hand {
  readonly sim: Simulation
  readonly device: SimDevice
  readonly tab: SimTab
  readonly random: Random
}

const isLive = ({ fields }: RecordState): boolean => fields.deleted !== true && fields.purged !== true
const bodyOf = ({ kind }: RecordState): string => (kind === 'card' ? 'description' : 'content')

function pick({ tab, random }: Hand, wanted: (record: RecordState) => boolean): RecordState | undefined {
  return random.pick([...tab.views.values()].filter(wanted).sort((a, b) => (a.id < b.id ? -1 : 1)))
}

/** Writes a word into a line, adds one, now and then takes one out. */
function typing({ sim, random }: Hand): (before: string) => string {
  return (before) => {
    const lines = before.split('\n')
    const at = random.below(lines.length + 1)
    if (random.chance(0.3)) lines.splice(at, 0, sim.model.token())
    else {
      const line = Math.min(at, lines.length - 1)
      lines[line] = `${lines[line]} ${sim.model.token()}`
    }
    if (sim.removals && random.chance(0.3)) lines.splice(random.below(lines.length), 1)
    return lines.join('\n')
  }
}

const urls = ['https://a.example/', 'https://b.example/', 'https://c.example/'] as const

/** One of three links; what is told apart by its campaign alone is the same link. */
function link({ sim, random }: Hand): string {
  const url = random.pick(urls) ?? urls[0]
  return random.chance(0.6) ? `${url}?utm_source=${sim.model.token()}` : url
}

/** Puts another word in the place of one, mostly of the first: there others do the same. */
function rewriting({ sim, random }: Hand, first = random.chance(0.6)): (before: string) => string {
  return (before) => {
    const words = tokensIn(before)
    const old = first ? words[0] : random.pick(words)
    return old === undefined ? sim.model.token() : before.replace(old, sim.model.token())
  }
}

type Edit = (hand: Hand) => void

const create =
  (kind: 'note' | 'card' | 'collection'): Edit =>
  (hand) => {
    const { sim, tab, random } = hand
    const createdAt = new Date(sim.scheduler.now).toISOString()
    const fields: Record<typeof kind, Fields> = {
      note: random.chance(0.3)
        ? {}
        : { title: sim.model.token(), content: random.chance(0.5) ? sim.model.token() : '' },
      card: { url: link(hand), title: '', description: sim.model.token() },
      collection: { name: sim.model.token() },
    }
    tab.create(kind, { ...fields[kind], createdAt })
  }

const edits: Partial<Record<Doing, Edit>> = {
  'new-note': create('note'),
  'new-card': create('card'),
  'new-collection': create('collection'),
  type(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind !== 'collection')
    if (record) hand.tab.type(record, bodyOf(record), typing(hand), hand.random.chance(0.5))
    if (hand.random.chance(0.2)) hand.tab.closeEditors()
  },
  rewrite(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind !== 'collection')
    // Two tabs that rewrite one word keep both, and with them what they have in common.
    const change = hand.sim.removals ? rewriting(hand) : typing(hand)
    if (record) hand.tab.type(record, bodyOf(record), change, hand.random.chance(0.7))
  },
  title(hand) {
    const record = pick(hand, isLive)
    const field = record?.kind === 'collection' ? 'name' : 'title'
    if (record) hand.tab.type(record, field, () => hand.sim.model.token(), true)
  },
  tags(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind !== 'collection')
    if (!record) return
    const tags = list(record.fields.tags).slice(hand.random.chance(0.3) ? 1 : 0)
    hand.tab.edit(record, { tags: [...tags, hand.sim.model.token()] })
  },
  pin(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind !== 'collection')
    if (record) hand.tab.edit(record, { pinned: hand.random.chance(0.5) })
  },
  file(hand) {
    const into = pick(hand, ({ kind }) => kind === 'collection')
    const record = pick(hand, isLive)
    if (!record || !into) return
    if (record.kind === 'collection')
      hand.tab.edit(record, { parentId: into.id === record.id ? null : into.id })
    else hand.tab.edit(record, { collectionIds: [into.id] })
  },
  url(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind === 'card')
    if (record) hand.tab.edit(record, { url: link(hand) })
  },
  bin(hand) {
    const record = pick(hand, ({ fields }) => fields.purged !== true)
    if (!record) return
    hand.tab.edit(record, { deleted: isLive(record) })
  },
  purge(hand) {
    const record = pick(hand, ({ fields }) => fields.deleted === true && fields.purged !== true)
    if (record) purge(hand.sim, hand.device, hand.tab, record)
  },
  version({ sim, device, tab, random }) {
    const record = pick(
      { sim, device, tab, random },
      ({ kind, fields }) => kind !== 'collection' && fields.purged !== true,
    )
    if (!record) return
    void restoreVersion(sim, device, tab, record, random).catch((error: unknown) => {
      if (!tab.actor.dead) sim.report('unhandled', String(error))
    })
  },
  poison(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind === 'note' && tokensIn(one).length > 0)
    const bane = hand.random.chance(0.5) ? POISON : REFUSED
    if (record) hand.tab.type(record, 'content', (before) => `${before} ${bane}`, true)
  },
}

/** A person deletes a record for good: also what has come to this device and is not shown in this tab yet. */
export function purge(sim: Simulation, device: SimDevice, tab: SimTab, record: RecordState): void {
  forget(sim, device, record)
  // From the Trash as its button does.
  if (sim.rights && !isLive(record)) void tab.page.purge(record.id)
  else tab.edit(record, { deleted: true, purged: true })
}

/** What a person has deleted for good on a device is not looked for any more. */
export function forget(sim: Simulation, device: SimDevice, record: RecordState): void {
  const here = sim.disks.read(device.name)
  const stored = [...here.records, ...here.bases].filter(({ id }) => id === record.id)
  const entry = here.entries.find(({ id }) => id === record.id)
  // What an editor of a card that went into this one typed has followed it.
  const former = [record, ...stored].flatMap(({ fields }) => list(fields.formerIds))
  for (const id of new Set([record.id, ...former])) {
    sim.model.purged(`${device.name} ${id}`, [record, stored, entry])
    sim.model.buried(id)
  }
  sim.checks.conflicts.purged(record.id)
}

/** What people do to one record on all devices at once. */
const clashes: Readonly<Record<string, (hand: Hand, record: RecordState) => void>> = {
  body(hand, record) {
    const change = hand.sim.removals ? rewriting(hand, true) : typing(hand)
    if (record.kind !== 'collection') hand.tab.type(record, bodyOf(record), change, true)
  },
  title: ({ sim, tab }, record) =>
    tab.type(record, record.kind === 'collection' ? 'name' : 'title', () => sim.model.token(), true),
  url(hand, record) {
    if (record.kind === 'card') hand.tab.edit(record, { url: link(hand) })
  },
  pin({ tab, random }, record) {
    if (record.kind !== 'collection') tab.edit(record, { pinned: random.chance(0.5) })
  },
  life(hand, record) {
    if (hand.random.chance(0.4)) hand.tab.edit(record, { deleted: true })
    else clashes[hand.random.pick(['body', 'title'] as const) ?? 'title']?.(hand, record)
  },
}

/** Everybody changes the same of one record before anybody has heard of the others. */
function clash(sim: Simulation, device: SimDevice, random: Random): void {
  const hands = [device, ...sim.devices.filter((other) => other !== device)].flatMap((one): Hand[] => {
    const tab = random.pick(one.tabs.filter(({ ready }) => ready))
    return tab ? [{ sim, device: one, tab, random: random.fork() }] : []
  })
  const how = random.pick(['body', 'body', 'body', 'body', 'title', 'url', 'pin', 'life'] as const) ?? 'body'
  const isFit = (one: RecordState | undefined): boolean =>
    one !== undefined && isLive(one) && (how !== 'body' || tokensIn(one.fields[bodyOf(one)]).length > 0)
  const shown = new Set(hands.flatMap(({ tab }) => [...tab.views.keys()]))
  const isShared = (id: string): boolean => hands.filter(({ tab }) => isFit(tab.views.get(id))).length > 1
  const shared = random.pick([...shown].filter(isShared).sort())
  for (const hand of hands)
    begin(hand, () => {
      const record = hand.tab.views.get(shared ?? '')
      if (record && isLive(record)) clashes[how]?.(hand, record)
    })
}

/** A person turns to a tab and begins something there; where another tab has control, they are asked. */
export function begin({ sim, device, tab }: Pick<Hand, 'sim' | 'device' | 'tab'>, work: () => void): void {
  sim.scheduler.post(tab.actor, () => {
    device.attend(tab)
    tab.begin(work)
  })
}

/** Carries an edit out in one of the device's tabs, in a task of that tab's. */
export function edit(sim: Simulation, device: SimDevice, doing: Doing, random: Random): boolean {
  if (doing === 'clash') {
    clash(sim, device, random)
    return true
  }
  const act = edits[doing]
  if (!act) return false
  const tab = random.pick(device.tabs.filter(({ ready }) => ready))
  if (tab) begin({ sim, device, tab }, () => act({ sim, device, tab, random }))
  return true
}

/** Takes the poison out of everything that holds it, as a person who reads `Failed changes` does. */
export function cure(sim: Simulation, device: SimDevice): void {
  const tab = device.tabs.find(({ ready }) => ready)
  if (!tab) return
  begin({ sim, device, tab }, () => {
    for (const record of tab.views.values())
      if (isBane(text(record.fields.content))) tab.type(record, 'content', withoutBanes, true)
  })
}
