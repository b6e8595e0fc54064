import { isTooOld, untilAllowed, untilNextSend } from '../core/backoff.ts'
import { refusedText, whyText } from '../core/failure.ts'
import { attemptsOf, type Entry } from '../core/outbox.ts'
import { isDeleted, type RecordState } from '../core/records.ts'
import { TOLERATED_SKEW } from '../core/stamp.ts'
import {
  type ConnectionState,
  connectionState,
  entryState,
  figures,
  type RecordSyncState,
  recordState,
  type World,
} from '../core/status.ts'
import { isOver, remaining, type Wait } from '../core/wait.ts'
import type { SyncState } from '../store/read.ts'
import type { Background } from '../worker-client.ts'
import type { FailedChange, Receipt, RecordView, SyncSummary } from './model.ts'
import { clockTime, momentOf, number } from './words.ts'

/** What the page says of sync: pure words over what the store holds (P11, P12). */
export interface Facts {
  readonly state: SyncState
  readonly running: boolean
  readonly online: boolean
  readonly background: Background
  readonly now: number
}

export const worldOf = ({ state, running, online }: Facts): World => ({
  hasAccount: state.library?.account != null,
  connection: state.connection,
  running,
  online,
})

export function summarize(facts: Facts, live: number, titles: ReadonlyMap<string, string>): SyncSummary {
  const { state, now } = facts
  const world = worldOf(facts)
  const counted = figures(state.entries, world)
  // Time alone sends nothing without network or account.
  const byTime =
    facts.online && (world.hasAccount || state.signOutPending) && state.connection.is === 'failing'
  const wait = byTime ? untilNextSend(state.connection, now) : null
  return {
    connection: connectionState(world),
    account: state.library?.account ?? null,
    figures: counted,
    failed: failedChanges(facts, titles),
    sentence: sentence(facts, world, live),
    backgroundText: backgroundText(facts),
    lastSynced: state.library?.lastSynced ?? null,
    nextTry: wait === null ? null : now + wait,
    clockText: clockText(state.offset),
    alarm: alarm(facts, world),
    tooOld: connectionState(world) === 'server-unreachable' && state.connection.is === 'too-old',
  }
}

/** Every entry that counts as failed, with its reason in words. */
export function failedChanges(facts: Facts, titles: ReadonlyMap<string, string>): FailedChange[] {
  const world = worldOf(facts)
  const failed = facts.state.entries.filter(
    (entry) => world.hasAccount && entryState(entry, world) === 'failed',
  )
  return failed
    .sort((a, b) => a.since - b.since)
    .map((entry) => ({
      id: entry.id,
      kind: entry.kind,
      title: titles.get(entry.id) ?? 'A deleted record',
      ...whyFailed(entry, facts),
    }))
}

type Why = Pick<FailedChange, 'reason' | 'at' | 'attempts' | 'nextTry' | 'waits'>

/** Of a change given up while a request with it may still be on its way: the server has to be asked first. */
const DISCARDED = 'Discarded; it goes when the server answers.'

function whyFailed(entry: Entry, facts: Facts): Why {
  const { state } = entry
  const { now } = facts
  const { connection } = facts.state
  const words = waitsFor(facts)
  const [byTime, waits] = [words === null, words === null ? 'It waits for you.' : `It ${words}`]
  switch (state.is) {
    case 'refused': {
      const reason = refusedText(state.message)
      return { reason, at: state.at, attempts: attemptsOf(entry), nextTry: null, waits: 'It waits for you.' }
    }
    case 'choked': {
      const nextTry = byTime ? now + remaining(state.wait, now) : null
      return { reason: whyText(state.message), at: state.at, attempts: state.attempts, nextTry, waits }
    }
    case 'conflict':
    case 'ready': {
      if (connection.is !== 'failing') return { reason: '', at: now, attempts: 0, nextTry: null, waits }
      const { wait, rounds, sends, attempts = rounds * 3 + sends } = connection
      const nextTry = byTime ? now + (untilNextSend(connection, now) ?? 0) : null
      const reason = entry.flight?.discard
        ? `${DISCARDED} ${whyText(connection.why)}`
        : whyText(connection.why)
      return { reason, at: wait.start, attempts, nextTry, waits }
    }
  }
}

/** What goes by itself and what waits for a person are two things: a refused change is on its way nowhere. */
function sentence(facts: Facts, world: World, live: number): string {
  const { entries } = facts.state
  const waiting = (is: 'refused' | 'conflict'): number =>
    world.hasAccount ? entries.filter(({ state }) => state.is === is).length : 0
  const [refused, conflicts] = [waiting('refused'), waiting('conflict')]
  const queue = entries.length - refused - conflicts
  if (refused + conflicts === 0) return sendingSentence(facts, world, queue, live)
  const forYou = [
    refused > 0 ? `${changesOf(refused)} ${waitOf(refused)} for you: see Failed changes.` : [],
    conflicts > 0
      ? `${conflicts === 1 ? '1 conflict' : `${conflicts} conflicts`} ${waitOf(conflicts)} for you.`
      : [],
  ]
    .flat()
    .join(' ')
  const quiet = queue === 0 && connectionState(world) === 'online'
  return quiet ? forYou : `${sendingSentence(facts, world, queue, live)} ${forYou}`
}

function sendingSentence({ state }: Facts, world: World, queue: number, live: number): string {
  const changes = changesOf(queue)
  if (!world.hasAccount) {
    return live === 0
      ? 'Nothing is saved yet. What you write stays on this device.'
      : `${records(live)} saved on this device only. Sign in to sync.`
  }
  switch (connectionState(world)) {
    case 'signed-out': {
      // Another account's session on this browser is no session of this library's.
      const why = whyText(state.connection.is === 'signed-out' ? state.connection.why : 'signed-out')
      const name = why === whyText('signed-out') ? '' : ` as ${state.library?.account?.email}`
      return queue > 0
        ? `${why} ${changes} ${waitOf(queue)} on this device until you sign in again${name}.`
        : `${why} Sign in again${name} to go on syncing.`
    }
    case 'offline':
      return queue > 0
        ? `Saved on this device. ${changes} ${waitOf(queue)} for the network.`
        : 'You are offline. Everything here keeps working.'
    case 'server-unreachable': {
      if (state.connection.is === 'too-old')
        return 'This Pawkit and its server are of versions that do not fit. Reload to go on; everything here is kept.'
      const why = state.connection.is === 'failing' ? whyText(state.connection.why) : ''
      return queue > 0
        ? `${why} ${changes} ${waitOf(queue)}, saved on this device; it tries again by itself.`
        : `${why} It tries again by itself.`
    }
    case 'online':
      if (queue > 0) return `${changes} on the way to the server.`
      if (state.library?.lastSynced == null) return 'Reading your library from the server.'
      return `${live === 1 ? 'Your 1 record is' : `All ${number(live)} records are`} on the server since ${clockTime(state.library.lastSynced)}.`
  }
}

const changesOf = (count: number): string => (count === 1 ? '1 change' : `${count} changes`)
const waitOf = (count: number): string => (count === 1 ? 'waits' : 'wait')
const records = (count: number): string => (count === 1 ? '1 record is' : `${number(count)} records are`)

/** Older than this, a change is longer on its way than any wait of our own takes while the server answers. */
const TOO_LONG = 2 * 60_000

/** What waits for a person is not stuck. */
const mayStick = ({ state: { is } }: Entry): boolean => is !== 'refused' && is !== 'conflict'
const patienceWith = ({ since }: Entry): Wait => ({ start: since, length: TOO_LONG + 1 })

/** How long until the watchdog has one more change to name, ms; null: there is none to come. */
export function untilAlarm({ state, now }: Facts): number | null {
  const left = state.entries.filter(mayStick).map((entry) => remaining(patienceWith(entry), now))
  const coming = left.filter((ms) => ms > 0)
  return coming.length === 0 ? null : Math.min(...coming)
}

/** The watchdog: what a person should look at although everything else says that all is well. */
function alarm({ state, now }: Facts, world: World): string | null {
  const connection = connectionState(world)
  if (!world.hasAccount || connection === 'offline' || connection === 'signed-out') return null
  const stuck = state.entries.filter((entry) => mayStick(entry) && isOver(patienceWith(entry), now))
  if (stuck.length === 0) return null
  const oldest = Math.min(...stuck.map((entry) => entry.since))
  // A clock that was set back since cannot tell how long.
  const since = oldest > now ? 'for a while' : `since ${clockTime(oldest)}`
  const changes = stuck.length === 1 ? '1 change has' : `${stuck.length} changes have`
  return `${changes} waited ${since}${whyStuck(state.connection, now)}`
}

function whyStuck(connection: SyncState['connection'], now: number): string {
  if (connection.is === 'too-old') return `. ${whyText('too-old')}`
  if (connection.is !== 'failing')
    return ' although the server answers. Try Sync now; Sync log says what was tried.'
  const asked = untilAllowed(connection, now)
  return asked > 0
    ? `. The server asked to wait until ${clockTime(now + asked)}; then it is tried again by itself.`
    : `. ${whyText(connection.why)} It is tried again by itself.`
}

function backgroundText({ background, state }: Facts): string {
  if (state.library?.account == null) return 'Nothing leaves this device until you sign in.'
  if (state.connection.is === 'signed-out') return 'Nothing is sent until you sign in again.'
  if (background === 'granted' || background === 'unknown')
    return 'Changes are sent even after you close this tab.'
  return 'This browser sends a closing tab’s changes at once when it can; what is left waits until Pawkit is opened again.'
}

function clockText(offset: number): string | null {
  if (Math.abs(offset) <= TOLERATED_SKEW) return null
  const minutes = Math.round(Math.abs(offset) / 60_000)
  return `This device’s clock is ${minutes} min ${offset < 0 ? 'ahead' : 'behind'}; it was not used.`
}

export function viewOf(
  record: RecordState,
  entry: Entry | null,
  facts: Facts,
  receipt: Receipt | 'gone' | null,
): RecordView {
  const state = recordState(record, entry, worldOf(facts))
  if (state === 'synced' && receipt === 'gone') return { record, state: 'local', stateText: GONE, receipt }
  const proof = receipt === 'gone' ? null : receipt
  const text =
    state === 'synced' ? receiptText(record.version, proof, facts.now) : stateText(state, entry, facts)
  return { record, state, stateText: text, receipt }
}

/** A receipt of another version (a change is still on its way, or an older Pawkit read it) proves nothing of this one. */
function receiptText(version: number, receipt: Receipt | null, now: number): string {
  const since = receipt?.version === version ? ` since ${momentOf(receipt.at, now)}` : ''
  return `On the server${since} (version ${version})`
}

/** What there is room for on a phone: not what happens next, nor which version. */
export const briefly = (words: string): string =>
  /^(Waiting\. )?.*?(?= \(|;|, being|\. [A-Z]|$)/.exec(words)?.[0] ?? words

const GONE = 'Only on this device: the server has it no more. Sync status asks whether to keep it.'

const PENDING: Readonly<Record<ConnectionState | 'too-old', string>> = {
  online: 'goes to the server soon.',
  offline: 'goes when the network is back.',
  'signed-out': 'goes when you sign in again.',
  'server-unreachable': 'goes when the server answers.',
  'too-old': 'goes when you have reloaded Pawkit.',
}

function pendingWhy(facts: Facts): keyof typeof PENDING {
  const state = connectionState(worldOf(facts))
  return state === 'server-unreachable' && isTooOld(facts.state.connection) ? 'too-old' : state
}

/** What it waits for where time alone sends nothing; null: it is tried again by itself. */
function waitsFor(facts: Facts): string | null {
  const why = pendingWhy(facts)
  return why === 'online' || why === 'server-unreachable' ? null : PENDING[why]
}

function stateText(state: Exclude<RecordSyncState, 'synced'>, entry: Entry | null, facts: Facts): string {
  switch (state) {
    case 'local':
      return 'On this device'
    case 'pending':
      return entry?.flight?.discard
        ? DISCARDED
        : `Waiting. Saved on this device; it ${PENDING[pendingWhy(facts)]}`
    case 'syncing':
      return 'Waiting. Saved on this device, being sent to the server.'
    case 'conflict':
      return 'Changed in two places'
    case 'failed':
      return failedText(entry, facts)
  }
}

function failedText(entry: Entry | null, facts: Facts): string {
  const { connection } = facts.state
  if (entry?.state.is === 'refused')
    return `Saved on this device. ${refusedText(entry.state.message)} Change it and it is sent again.`
  const next = waitsFor(facts) ?? 'is tried again by itself.'
  if (entry?.state.is === 'choked') return `Saved on this device. The server could not take it; it ${next}`
  if (entry?.flight?.discard) return DISCARDED
  const why = connection.is === 'failing' ? ` ${whyText(connection.why)}` : ''
  return `Saved on this device.${why} It ${next}`
}

/** Records that a person would count: not in the Trash. */
export const countLive = (records: Iterable<RecordView>): number => {
  let live = 0
  for (const { record } of records) if (!isDeleted(record)) live++
  return live
}
