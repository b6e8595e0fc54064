import { uuidV7 } from '../../../src/core/ids.ts'
import {
  type Announcement,
  CHANNEL,
  MESSAGES_VERSION,
  type ToWorker,
  type Write,
} from '../../../src/core/messages.ts'
import { commitAll } from '../../../src/store/commit.ts'
import { Database } from '../../../src/store/database.ts'
import { openLibrary } from '../../../src/store/library.ts'
import { readOutbox } from '../../../src/store/outbox.ts'
import { readAll } from '../../../src/store/read.ts'
import { readRight } from '../../../src/store/session.ts'

/** Bundled for the page by `driveStore`: an import of a thousand notes, as the app's own code would do it. */
const newId = (): string => uuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(16)))
const opened = Database.open()
const page = newId()
let number = 0

type Change = Pick<Write, 'id' | 'shown' | 'typed' | 'create'>

async function write(changes: readonly Change[]): Promise<void> {
  const db = await opened
  const library = await openLibrary(db, newId())
  const { epoch } = await readRight(db)
  const writes = changes.map((change): Write => {
    const common = {
      kind: 'note',
      urgency: 'at-once',
      library: library.id,
      page,
      epoch,
      now: Date.now(),
    } as const
    return { ...change, ...common, number: ++number }
  })
  const done = await commitAll(db, writes, 'strict')
  const refused = done.filter(({ is }) => is !== 'written')
  if (refused.length > 0) throw new Error(`refused: ${JSON.stringify(refused[0])}`)
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage({
    v: MESSAGES_VERSION,
    type: 'records-changed',
    ids: changes.map(({ id }) => id),
  } satisfies Announcement)
  channel.close()
  const wake: ToWorker = { v: MESSAGES_VERSION, type: 'wake', reason: 'changed' }
  navigator.serviceWorker.controller?.postMessage(wake)
}

/** Creates so many notes in one transaction. */
export function create(many: number): Promise<void> {
  const changes = Array.from({ length: many }, (_, index): Change => {
    const typed = { title: `Note ${index}`, content: `Text ${index}`, createdAt: new Date().toISOString() }
    return { id: newId(), shown: {}, typed, create: true }
  })
  return write(changes)
}

/** Appends the text to every note. */
export async function append(text: string): Promise<number> {
  const rows = await readAll(await opened)
  const changes = rows.map(({ record }): Change => {
    const content = String(record.fields.content)
    return { id: record.id, shown: { content }, typed: { content: content + text }, create: false }
  })
  await write(changes)
  return changes.length
}

/** Entries in the outbox that can be sent. */
export async function waiting(): Promise<number> {
  return (await readOutbox(await opened, Date.now()))?.sendable ?? 0
}

export interface StoreDriver {
  readonly create: typeof create
  readonly append: typeof append
  readonly waiting: typeof waiting
}
