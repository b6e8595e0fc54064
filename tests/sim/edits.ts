import { type Fields, list, type RecordState, text } from '../../src/core/records.ts'
import type { SimDevice } from './device.ts'
import { tokensIn } from './model.ts'
import type { Random } from './random.ts'
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

const urls = [
  'https://a.example/',
  'https://b.example/',
  'https://c.example/?utm_source=x',
  'https://c.example/',
]

type Edit = (hand: Hand) => void

const create =
  (kind: 'note' | 'card' | 'collection'): Edit =>
  ({ sim, tab, random }) => {
    const createdAt = new Date(sim.scheduler.now).toISOString()
    const fields: Record<typeof kind, Fields> = {
      note: { title: sim.model.token(), content: random.chance(0.5) ? sim.model.token() : '' },
      card: { url: random.pick(urls) ?? '', title: '', description: sim.model.token() },
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
    if (record) hand.tab.edit(record, { url: hand.random.pick(urls) ?? '' })
  },
  bin(hand) {
    const record = pick(hand, ({ fields }) => fields.purged !== true)
    if (!record) return
    hand.tab.edit(record, { deleted: isLive(record) })
  },
  purge(hand) {
    const record = pick(hand, ({ fields }) => fields.deleted === true && fields.purged !== true)
    if (!record) return
    // By a person's word: also what has come to this device and is not shown in this tab yet.
    const here = hand.sim.disks.read(hand.device.name)
    const stored = [...here.records, ...here.bases, ...here.entries].filter(({ id }) => id === record.id)
    hand.sim.model.purged(`${hand.device.name} ${record.id}`, [record, stored])
    hand.tab.edit(record, { deleted: true, purged: true })
  },
  poison(hand) {
    const record = pick(hand, (one) => isLive(one) && one.kind === 'note' && tokensIn(one).length > 0)
    const bane = hand.random.chance(0.5) ? POISON : REFUSED
    if (record) hand.tab.type(record, 'content', (before) => `${before} ${bane}`, true)
  },
}

/** Carries an edit out in one of the device's tabs, in a task of that tab's. */
export function edit(sim: Simulation, device: SimDevice, doing: Doing, random: Random): boolean {
  const act = edits[doing]
  if (!act) return false
  const tab = random.pick(device.tabs.filter(({ ready }) => ready))
  if (tab) sim.scheduler.post(tab.actor, () => act({ sim, device, tab, random }))
  return true
}

/** Takes the poison out of everything that holds it, as a person who reads `Failed changes` does. */
export function cure(sim: Simulation, device: SimDevice): void {
  const tab = device.tabs.find(({ ready }) => ready)
  if (!tab) return
  for (const record of tab.views.values()) {
    const content = text(record.fields.content)
    if (isBane(content)) sim.scheduler.post(tab.actor, () => tab.type(record, 'content', withoutBanes, true))
  }
}
