import { urlKey } from '../../src/core/url.ts'
import { type Account, Client } from '../e2e/support/client.ts'
import type { ServerHistory } from '../e2e/support/data.ts'
import type { Scene } from './faults.ts'
import { type Held, isOnlyHere, readDevice } from './held.ts'
import { type Seen, wordsIn } from './ledger.ts'

/** Where the words that were shown as saved are in the end. */
export interface Counts {
  everywhere: number
  removed: number
  kept: number
  trash: number
  records: number
  synced: number
}

export interface Verdict {
  readonly counts: Counts
  /** One paragraph each. */
  readonly faults: readonly string[]
}

type Rest = Readonly<Record<string, unknown>> & { readonly id: string; readonly version: number }

/** Every record as a script gets it, those in the Trash too. */
async function overRest(client: Client): Promise<Rest[]> {
  const all: Rest[] = []
  for (const kind of ['cards', 'notes', 'collections'])
    for (const deleted of ['', '&deleted=true']) {
      let cursor: string | null = ''
      while (cursor !== null) {
        const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const path = `/api/${kind}?limit=500${deleted}${from}`
        const page: Readonly<Record<string, unknown>> & { next: string | null } = await client.get(path)
        all.push(...(page[kind] as Rest[]))
        cursor = page.next
      }
    }
  return all
}

/** How often each word stands in the texts. */
function wordCounts(texts: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) for (const word of wordsIn(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** A URL made of a word is no second place where the word stands. */
const texts = (records: readonly { readonly fields: Readonly<Record<string, unknown>> }[]): unknown[] =>
  records.map(({ fields: { url: _, ...rest } }) => rest)

/** Judges a world at rest: everything that was ever shown as saved is there, once, or went by rule. */
export async function judge(scene: Scene, account: Account): Promise<Verdict> {
  const { site, devices, ledger } = scene
  const held = await Promise.all(devices.map(async (device) => readDevice((await device.ready()).page)))
  const rest = await overRest(await Client.signIn(site.origin, account))
  const history = site.data.history()
  const server = wordCounts(rest.map(({ url: _, ...fields }) => fields))
  const onDevices = held.map(({ records }) => wordCounts(texts(records)))
  const kept = wordCounts([
    ...held.flatMap(({ lost }) => lost.map(({ value }) => value)),
    ...history.filter(({ applied }) => !applied).map(({ fields }) => fields),
  ])
  const onlyHere = wordCounts(texts(held.flatMap(({ records }) => records.filter(isOnlyHere))))
  const counts: Counts = {
    everywhere: 0,
    removed: 0,
    kept: 0,
    trash: 0,
    records: rest.length,
    synced: ledger.synced.size,
  }
  const lost: Seen[] = []
  for (const seen of ledger.shown.values()) {
    const { word } = seen
    if (server.has(word) && onDevices.every((words) => words.has(word))) counts.everywhere++
    else if (ledger.removed.has(word)) counts.removed++
    else if (kept.has(word)) counts.kept++
    else if (onlyHere.has(word)) counts.trash++
    else lost.push(seen)
  }
  const story = (seen: Seen): string => tell(scene, seen, held, history)
  return {
    counts,
    faults: [
      ...lost.map((seen) => `LOST ${story(seen)}`),
      ...tooEarly(scene, history).map(
        (seen) => `NOT ON THE SERVER when a list showed it as synced: ${story(seen)}`,
      ),
      ...[...server]
        .filter(([, many]) => many > 1)
        .map(([word, many]) => `TWICE: ${word} stands ${many} times`),
      ...twoOfOneLink(rest),
      ...otherThanRest(held, rest),
    ],
  }
}

/** Shown as synced before the server had accepted it, or without. */
function tooEarly({ ledger }: Scene, history: readonly ServerHistory[]): Seen[] {
  const since = new Map<string, number>()
  for (const { fields, at, applied } of history)
    if (applied)
      for (const word of wordsIn(fields))
        since.set(word, Math.min(at, since.get(word) ?? Number.POSITIVE_INFINITY))
  return [...ledger.synced.values()].filter(({ word, at }) => (since.get(word) ?? at + 1) > at)
}

function twoOfOneLink(rest: readonly Rest[]): string[] {
  const live = rest.filter(({ url, tags }) => typeof url === 'string' && Array.isArray(tags))
  const shared = live.map(({ url }) => urlKey(String(url))).filter((key) => key?.includes('shared.example'))
  return shared
    .filter((key, index) => shared.indexOf(key) !== index)
    .map((key) => `TWICE: two cards hold ${key}`)
}

/** What REST tells of each record is what each device holds. */
function otherThanRest(held: readonly Held[], rest: readonly Rest[]): string[] {
  const versions = new Map(rest.map(({ id, version }) => [id, version]))
  return held.flatMap(({ records }, index) => {
    const here = records.filter((row) => !isOnlyHere(row) && row.fields.purged !== true)
    const other = here.filter(({ id, version }) => versions.get(id) !== version)
    const missing = versions.size - here.length
    return other.length > 0 || missing !== 0
      ? [
          `DIFFERENT: device ${index === 0 ? 'a' : 'b'} has ${other.length} other records, ${missing} are missing`,
        ]
      : []
  })
}

function tell(
  { devices, ledger }: Scene,
  seen: Seen,
  held: readonly Held[],
  history: readonly ServerHistory[],
): string {
  const { word, device, at, where, state, record } = seen
  const id = record.split('/')[2]
  const line = (name: string, value: unknown): string => `  ${name}: ${JSON.stringify(value)}`
  return [
    `${word}, shown by device ${device} in the ${where} as "${state}" at ${record}, ${new Date(at).toISOString()}`,
    ...devices.map(({ name }, index) =>
      line(`device ${name}`, held[index]?.records.find((row) => row.id === id) ?? 'no such record'),
    ),
    ...history
      .filter((row) => row.record === id)
      .slice(-8)
      .map((row) =>
        line(`server, ${row.at - at} ms, ${row.applied ? 'applied' : 'refused'} ${row.version}`, row.fields),
      ),
    ...ledger.around(at, 4000).map((happened) => `  ${happened}`),
  ].join('\n')
}
