import type { SCRIPTS } from './scripts.ts'

/** A fault put into the product's source on purpose, and who must find it. */
export interface Mutant {
  readonly file: string
  readonly find: string
  readonly replace: string
  /** Further places of the same fault, in the same file or in others. */
  readonly also?: readonly { readonly file?: string; readonly find: string; readonly replace: string }[]
  /** The checkers that may be the first to see it. */
  readonly caughtBy: readonly string[]
  /** A scripted world that finds it, where no seed does soon. */
  readonly script?: keyof typeof SCRIPTS
  /** Seeds of which one at least finds it. */
  readonly seeds: readonly number[]
}

/**
 * Each breaks one rule of the design. The simulator runs the mutated source and must report one of `caughtBy`; a
 * mutant whose place is not in the source any more is an error, so that none passes for want of a fault.
 */
export const MUTANTS = {
  'acknowledge before sending': {
    file: 'sw/push.ts',
    find: '  const began = world.now()\n  const answered = await world.transport.push(request, signal)',
    replace: `  const began = world.now()
  const results = flights.map(({ mutation: { id, on }, sent }) => ({ id, outcome: 'applied', version: on + 1, seq: 0, record: { ...sent, version: on + 1 } }))
  await applyPush(db, { library: id, flights, results, mark, now: began, offset: outbox.offset, random: world.random })
  const answered = await world.transport.push(request, signal)`,
    caughtBy: ['honest', 'nothing-lost', 'converges', 'cursor'],
    seeds: [1],
  },
  'let a refused change hold up the others': {
    file: 'src/store/outbox.ts',
    find: '    const sendable = entries.filter(isSendable)\n',
    replace: `    const sendable = entries.filter(
      (entry) => isSendable(entry) && !entries.some(({ state, since }) => state.is === 'refused' && since < entry.since),
    )
`,
    caughtBy: ['delayed'],
    script: 'a refused change, and another',
    seeds: [],
  },
  "skip the cursor's transaction": {
    file: 'sw/pull.ts',
    find: '  const applied = await applyPage(db, page)',
    replace: `  await db.run(['meta'], 'readwrite', async (tx) => {
    const row = await tx.objectStore('meta').get('library')
    if (row?.key === 'library') await tx.objectStore('meta').put({ ...row, cursor: answer.cursor })
  })
  await world.sleep(100, signal)
  const applied = await applyPage(db, { ...page, after: answer.cursor })`,
    caughtBy: ['cursor', 'converges'],
    seeds: [2, 11],
  },
  'coalesce an in-flight entry': {
    file: 'src/store/outbox.ts',
    find: '  if (entry.flight) return failing && entry.wait ? { ...entry.flight, void: true } : entry.flight\n',
    replace: '  if (entry.flight) return freeze(entry, base, record, entry.flight.mutation.id).flight\n',
    caughtBy: ['nothing-lost', 'honest', 'converges', 'doubled'],
    seeds: [2, 10],
  },
  'forget the mutation id': {
    file: 'server/sync/push.ts',
    find: '  let first = await firstOutcome(trx, writer.account, id)\n  if (!first) {',
    replace: '  let first: Remembered | null = null\n  if (!first) {',
    also: [
      {
        find: '    await remember(trx, writer.account, id, first, writer.now)\n  }\n  return answer',
        replace: '  }\n  return answer',
      },
    ],
    caughtBy: ['once', 'doubled', 'converges', 'nothing-lost'],
    seeds: [1, 3],
  },
  'retry a refused one for ever': {
    file: 'src/core/outbox.ts',
    find: "entry.format <= ENTRY_FORMAT && entry.state.is !== 'refused'",
    replace: 'entry.format <= ENTRY_FORMAT',
    caughtBy: ['terminates', 'polite'],
    seeds: [4, 6],
  },
  'fold an answer in on the old base': {
    file: 'src/core/settle.ts',
    find: '      return merge(base, record, newest(outcome.record',
    replace:
      '      return merge(held.base && { ...held.base, version: base.version }, record, newest(outcome.record',
    caughtBy: ['doubled', 'nothing-lost', 'converges', 'conflict-opens'],
    seeds: [15, 35],
  },
  'apply an older version': {
    file: 'src/core/settle.ts',
    find: '  if (remote.version <= record.version) return unchanged(held)\n',
    replace: '',
    caughtBy: ['backwards', 'cursor', 'honest', 'nothing-lost', 'converges', 'doubled', 'once'],
    script: 'a page from before an answer',
    seeds: [],
  },
  'write without comparing what was shown': {
    file: 'src/core/write.ts',
    find: 'mergeWrite(kind, change.shown[field], typed, before.fields[field])',
    replace: 'typed',
    caughtBy: ['nothing-lost'],
    script: 'an editor that is behind',
    seeds: [],
  },
  'discard without voiding': {
    file: 'src/core/failed.ts',
    find: '  if (!entry.flight) return revert(held, now)\n',
    replace: '  return revert(held, now)\n',
    caughtBy: ['discarded', 'honest', 'nothing-lost', 'converges'],
    script: 'a discarded change that arrives late',
    seeds: [],
  },
  'check versions before locking the space': {
    file: 'server/sync/push.ts',
    find: '  const { results, space, mark } = await write(db, async (trx) => {',
    replace: `  const early = new Map<string, Awaited<ReturnType<typeof findRecord>>>()
  const own = await db.selectFrom('member').select('space').where('account', '=', batch.account).executeTakeFirst()
  for (const raw of batch.mutations) {
    const { record } = raw as { record?: unknown }
    if (own && typeof record === 'string') early.set(record, await findRecord(db as unknown as Tx, own.space, record))
  }
  looked = early
  const { results, space, mark } = await write(db, async (trx) => {
    looked = early`,
    also: [
      {
        find: '  const current = await findRecord(trx, writer.space, mutation.record)',
        replace:
          '  const current = looked.has(mutation.record) ? (looked.get(mutation.record) ?? null) : await findRecord(trx, writer.space, mutation.record)',
      },
      {
        find: 'export interface Batch {',
        replace:
          'let looked = new Map<string, Awaited<ReturnType<typeof findRecord>>>()\nexport interface Batch {',
      },
    ],
    caughtBy: ['once', 'nothing-lost', 'honest', 'converges'],
    seeds: [1, 31],
  },
  'close an open conflict by an unrelated change': {
    file: 'src/core/reconcile.ts',
    find: '  if (open !== undefined) return { ...mine, ancestor: open }\n',
    replace: '',
    caughtBy: ['conflict-stays', 'nothing-lost'],
    script: 'a conflict, and a change of another field',
    seeds: [],
  },
  'send a record in open conflict': {
    file: 'src/core/outbox.ts',
    find: "entry.state.is !== 'refused' && entry.state.is !== 'conflict'",
    replace: "entry.state.is !== 'refused'",
    caughtBy: ['conflict-sent', 'conflict-sides'],
    script: 'a conflict, and a change of another field',
    seeds: [],
  },
  'the loser of a conflict is not kept': {
    file: 'src/core/conflict.ts',
    find: "    ...losing(record, chosen, field, 'local'),\n",
    replace: '',
    caughtBy: ['kept', 'nothing-lost'],
    script: 'a choice by what was shown before',
    seeds: [],
  },
  'a stale resolution is written without comparing what was shown': {
    file: 'src/store/conflicts.ts',
    find: "      if (!same) return { is: 'changed' }\n",
    replace: '',
    caughtBy: ['unseen'],
    script: 'a choice by what was shown before',
    seeds: [],
  },
  'a store without the epoch check': {
    file: 'src/store/commit.ts',
    find: '  if ((await rightIn(tx)).epoch !== (write.epoch ?? 0)) {\n',
    replace: '  if ((await rightIn(tx)).epoch < 0) {\n',
    caughtBy: ['fenced', 'nothing-lost', 'doubled'],
    script: 'a tab that is overtaken and writes on',
    seeds: [],
  },
  'take the right without raising the epoch': {
    file: 'src/core/session.ts',
    find: 'epoch: right.epoch + 1 }',
    replace: 'epoch: Math.max(right.epoch, 1) }',
    caughtBy: ['epoch', 'one-writer'],
    script: 'a tab that is overtaken and writes on',
    seeds: [],
  },
  'hand over before what was typed is committed': {
    file: 'src/ui/controllers/session-desk.ts',
    find: '    await this.#writer.idle()\n',
    replace: '',
    caughtBy: ['hand-over'],
    script: 'a key, and a hand-over',
    seeds: [],
  },
  'refuse without keeping a draft': {
    file: 'src/store/commit.ts',
    find: '  await keepDraft(tx, write)\n',
    replace: '',
    caughtBy: ['nothing-lost'],
    script: 'a tab that is overtaken and writes on',
    seeds: [],
  },
  'wait for a tab that has crashed': {
    file: 'src/store/session.ts',
    find: 'seen.active !== null && held.has(presenceLock(seen.active)) ? [seen.active] : []',
    replace: 'seen.active !== null && held.size >= 0 ? [seen.active] : []',
    caughtBy: ['vacant'],
    script: 'a tab that crashes beside one that is looked at',
    seeds: [],
  },
  'call what waits for a choice pending': {
    file: 'src/core/status.ts',
    find: '    count[entryState(entry, world)]++\n',
    replace: `    const state = entryState(entry, world)
    count[state === 'conflict' ? 'pending' : state]++
`,
    caughtBy: ['figures'],
    seeds: [5],
  },
  'send while offline': {
    file: 'src/core/sync-machine.ts',
    find: "  if (!now.online && !now.hasty) return { do: 'rest', why: 'offline' }\n",
    replace: '',
    caughtBy: ['polite'],
    seeds: [2],
  },
  'send before Retry-After is over': {
    file: 'src/core/backoff.ts',
    find: "row.is === 'failing' && row.asked ? remaining(row.asked, now) : 0",
    replace: '0 * now * (row.is as string).length',
    caughtBy: ['polite'],
    seeds: [1],
  },
  'go on after the session has ended': {
    file: 'src/core/sync-machine.ts',
    find: "now.connection.is === 'signed-out' && !now.signedIn",
    replace: "now.connection.is === 'signed-out' && at < 0",
    caughtBy: ['polite'],
    seeds: [3],
  },
  'ask for more again and again': {
    file: 'sw/pull.ts',
    find: "  if (answer.more && answer.cursor > cursor) return 'more'\n",
    replace: "  if (world.random() < 0.97) return 'more'\n",
    caughtBy: ['terminates'],
    script: 'a conflict, and a change of another field',
    seeds: [],
  },
  'lower the epoch when a tab lets go': {
    file: 'src/core/session.ts',
    find: '{ active: null, epoch: right.epoch }',
    replace: '{ active: null, epoch: right.epoch - 1 }',
    caughtBy: ['epoch'],
    seeds: [4],
  },
  'keep the other side of a conflict as it was': {
    file: 'src/core/settle.ts',
    find: 'return { record, base: remote, entry: inConflict(waiting',
    replace:
      'return { record, base: { ...remote, fields: (base ?? remote).fields }, entry: inConflict(waiting',
    caughtBy: ['conflict-sides'],
    seeds: [5],
  },
  'restore a version without keeping what it replaces': {
    file: 'src/core/write.ts',
    find: "how === 'put-back' && lengthOf",
    replace: "how === 'behind' && lengthOf",
    caughtBy: ['nothing-lost'],
    seeds: [4],
  },
  'read what is new only when the app is opened': {
    file: 'sw/engine.ts',
    find: '    this.#pullWanted ||= !NO_PULL.has(reason)\n',
    replace: "    this.#pullWanted ||= reason === 'opened' && !NO_PULL.has(reason)\n",
    caughtBy: ['converges'],
    seeds: [1],
  },
  'leave a page showing what it showed before': {
    file: 'src/ui/controllers/records-cache.ts',
    find: '    if (before && sameView(before, view)) return false\n',
    replace: '    if (before && before.record.version <= view.record.version) return false\n',
    caughtBy: ['shown'],
    seeds: [4],
  },
  'leave a page without the control that it was given': {
    file: 'src/ui/controllers/session-desk.ts',
    find: "yielding ? 'yielding' : active ? 'active' : 'read-only'",
    replace: "yielding ? 'yielding' : active && right.epoch < 2 ? 'active' : 'read-only'",
    caughtBy: ['control'],
    seeds: [8, 12],
  },
  'an answer that the worker cannot digest': {
    file: 'sw/pull.ts',
    find: '  const { answer, offset } = answered.value\n',
    replace: `  const { answer, offset } = answered.value
  if (answer.changes.length > 1) throw new TypeError('more than one')
`,
    caughtBy: ['unhandled'],
    seeds: [1],
  },
} as const satisfies Record<string, Mutant>
