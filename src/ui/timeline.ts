import { type Fields, isDeleted, isKind, type Json, KINDS, type RecordState } from '../core/records.ts'
import type { KeptRow } from '../store/history.ts'
import { beforeMerge } from './before-merge.ts'
import type { HistoryItem, PutBack } from './history.ts'
import {
  CREATED,
  DISCARDED,
  deviceWords,
  GAP,
  HERE,
  lostTo,
  MERGE,
  MERGED,
  OLDEST,
  REFUSED,
  REPLACED,
  RESOLVED,
} from './history-words.ts'
import { isBeforeMerge, once, type PutAside, putAside } from './put-aside.ts'
import { sameField, wholeOf } from './restoring.ts'
import type { ServerVersion } from './versions-client.ts'

/** An entry before its differences are worked out: from which fields to which. */
export type Entry = Omit<HistoryItem, 'parts'> & {
  readonly from: Fields
  readonly to: Fields
}

export interface Sources {
  /** The record as it is now. */
  readonly record: RecordState
  /** Newest first, without a gap. */
  readonly versions: readonly ServerVersion[]
  /** The server has older ones. */
  readonly more: boolean
  /** Newest first; `at` by this device's clock. */
  readonly rows: readonly KeptRow[]
  readonly offset: number
  /** The account of this library; null: none. */
  readonly account: string | null
  /** The id of this device. */
  readonly device: string
}

const YOU = 'You'
const ELSEWHERE = 'another device'
/** Not a person's to see or restore: who made it, what became one with it, that it is gone. */
const HIDDEN = new Set(['createdAt', 'formerIds', 'purged', 'deleted'])
const contentOf = (kind: string): readonly string[] =>
  isKind(kind) ? Object.keys(KINDS[kind]).filter((field) => !HIDDEN.has(field)) : []

/** Server revisions and this device's own values as one list, newest first; nothing is shown twice. */
export function timelineOf(sources: Sources): readonly Entry[] {
  return new Timeline(sources).entries()
}

class Timeline {
  readonly #sources: Sources
  readonly #fields: readonly string[]
  readonly #versions: readonly ServerVersion[]

  constructor(sources: Sources) {
    this.#sources = sources
    this.#fields = contentOf(sources.record.kind)
    // What is stripped of its content has nothing to show.
    this.#versions = sources.versions.filter(({ fields }) => this.#fields.some((field) => field in fields))
  }

  entries(): readonly Entry[] {
    const { more, device } = this.#sources
    const { kind } = this.#sources.record
    const groups = putAside(this.#sources, this.#fields)
    const notes = new Map<ServerVersion, string>()
    const untold = groups.filter((group) => !this.#isTold(group, notes))
    const asides = once(untold, kind).map((group) => this.#aside(group))
    const versions: Entry[] = []
    this.#versions.forEach((version, index) => {
      const older = this.#olderOf(version, index)
      // The one before it comes with the next page, and so does what differs.
      if (!older && more) return
      const undo = older && beforeMerge(version, older, { kind, fields: this.#fields, groups, device })
      if (version.applied)
        versions.push(this.#version(version, older, notes.get(version) ?? null, undo ?? null))
      else if (!this.#isCovered(version, index, groups)) versions.push(this.#refused(version, older))
    })
    const floor = more ? (versions.at(-1)?.at ?? Number.POSITIVE_INFINITY) : Number.NEGATIVE_INFINITY
    return this.#marked(
      merged(
        versions,
        asides.filter(({ at }) => at >= floor),
      ),
    )
  }

  /** Another side's value that a version of the server shows; the version says what became of it. So is one that a restore replaced. */
  #isTold({ row, fields, at }: PutAside, notes: Map<ServerVersion, string>): boolean {
    const mine = row.side === 'local'
    if (mine && row.why !== 'replaced') return false
    const shows = (version: ServerVersion): boolean =>
      Object.entries(fields).every(([field, value]) => this.#same(field, value, version.fields[field]))
    const version = this.#versions.filter(({ applied }) => applied).find(shows)
    if (version && !mine) notes.set(version, this.#asideWords(row, at))
    return version !== undefined
  }

  /** A refused change of which everything is seen elsewhere: among this device's values, or in the next version. */
  #isCovered(version: ServerVersion, index: number, groups: readonly PutAside[]): boolean {
    const next = this.#versions.slice(0, index).findLast(({ applied }) => applied)
    return this.#brought(version).every(
      (field) =>
        (next && this.#same(field, next.fields[field], version.fields[field])) ||
        groups.some(
          ({ row, fields }) =>
            row.side === 'local' && this.#same(field, fields[field], version.fields[field]),
        ),
    )
  }

  #brought(version: ServerVersion): string[] {
    return this.#fields.filter((field) => field in version.fields)
  }

  #version(
    version: ServerVersion,
    older: ServerVersion | undefined,
    says: string | null,
    undo: PutBack | null,
  ): Entry {
    const made = version.version === 1
    const gap = older !== undefined && older.version < version.version - 1
    const to = this.#whole(version)
    // What was before the oldest that is kept is not known: nothing is marked as new in it.
    const from = older ? this.#whole(older) : made ? {} : to
    return {
      key: `v${version.version}`,
      ...this.#who(version),
      says: says ?? (gap ? GAP : older ? (version.merged ? MERGE : null) : made ? CREATED : OLDEST),
      is: 'version',
      undo,
      now: false,
      fields: to,
      comparedWith: 'before',
      from: { ...from, deleted: older ? isDeleted(older) : isDeleted(version) },
      to: { ...to, deleted: isDeleted(version) },
    }
  }

  #refused(version: ServerVersion, older: ServerVersion | undefined): Entry {
    const fields = Object.fromEntries(
      this.#brought(version).map((field) => [field, version.fields[field] ?? null]),
    )
    const key = `r${version.version}-${version.at}`
    return { key, ...this.#who(version), says: REFUSED, ...this.#from(fields, older) }
  }

  #aside({ row, fields, at }: PutAside): Entry {
    const before = this.#versions.find((version) => version.applied && version.at <= at)
    const mine = row.side === 'local'
    const { account } = this.#sources
    // Beside nothing else, it is the other side's deletion, which an edit made here overruled.
    const theirs = mine && fields.deleted === true && Object.keys(fields).length === 1
    return {
      key: `k${row.key}`,
      at,
      who: mine || row.by?.account === account ? YOU : 'Somebody',
      where: mine ? HERE : deviceWords(row.by?.device ?? null) || ELSEWHERE,
      says: this.#asideWords(row, at),
      ...this.#from(fields, this.#beforeAside(before, fields)),
      ...(theirs && this.#deleter(at)),
      undo: isBeforeMerge(row) ? { fields, at } : null,
    }
  }

  /** Who deleted it before that moment; versions that tell may not be here. */
  #deleter(at: number): Pick<Entry, 'who' | 'where'> {
    const versions = this.#versions.filter((version) => version.applied && version.at <= at)
    const deletion = versions[versions.findIndex((version) => !isDeleted(version)) - 1]
    if (!deletion) return { who: YOU, where: ELSEWHERE }
    const { who, where } = this.#who(deletion)
    return { who, where }
  }

  /** The version that a value was written on: not the one that it lost to. */
  #beforeAside(newest: ServerVersion | undefined, fields: Fields): ServerVersion | undefined {
    if (!newest) return undefined
    const index = this.#versions.indexOf(newest)
    const older = this.#olderOf(newest, index)
    const changed = (field: string): boolean => !this.#same(field, newest.fields[field], older?.fields[field])
    const on = older && Object.keys(fields).some(changed) ? older : newest
    // What only the other side changed shows what the merge made of it.
    const differs = Object.entries(fields).some(
      ([field, value]) => !this.#same(field, value, on.fields[field]),
    )
    return differs ? on : undefined
  }

  #from(
    fields: Fields,
    older: ServerVersion | undefined,
  ): Pick<Entry, 'is' | 'undo' | 'now' | 'fields' | 'from' | 'to' | 'comparedWith'> {
    const { record } = this.#sources
    const aside = { is: 'aside', undo: null, now: false, fields, to: fields } as const
    return older
      ? { ...aside, from: older.fields, comparedWith: 'before' }
      : { ...aside, from: record.fields, comparedWith: 'now' }
  }

  #asideWords(row: KeptRow, at: number): string {
    if (row.why === 'merged') return MERGED
    if (row.why === 'discarded') return DISCARDED
    if (row.why === 'replaced') return REPLACED
    if (row.why === 'resolved') return RESOLVED
    return row.side === 'remote' ? lostTo(null, HERE) : this.#winner(row, at)
  }

  /** Where the newest change of that field came from when this device's value lost. */
  #winner({ field }: KeptRow, at: number): string {
    const version = this.#versions.find((one, index) => {
      const older = this.#olderOf(one, index)
      return one.applied && one.at <= at && !this.#same(field, one.fields[field], older?.fields[field])
    })
    if (!version) return lostTo(null, '')
    const { who, where } = this.#who(version)
    return lostTo(who === YOU ? null : who, where)
  }

  #who({ at, by, byName, device }: ServerVersion): Pick<Entry, 'at' | 'who' | 'where'> {
    const who = by === this.#sources.account ? YOU : (byName ?? 'Somebody')
    return { at, who, where: deviceWords(device) }
  }

  /** What a version is compared with: the one before it, or of a refused change the one that it was made on. */
  #olderOf(version: ServerVersion, index: number): ServerVersion | undefined {
    const older = this.#versions.slice(index + 1).filter(({ applied }) => applied)
    const base = version.applied ? undefined : older.find((one) => one.version === version.version)
    return base ?? older[0]
  }

  #whole({ fields }: ServerVersion): Fields {
    return wholeOf(this.#sources.record.kind, fields, this.#fields)
  }

  #same(field: string, a: Json | undefined, b: Json | undefined): boolean {
    return sameField(this.#sources.record.kind, field, a, b)
  }

  /** The newest version that is what the record is now says so. */
  #marked(entries: readonly Entry[]): Entry[] {
    const { record } = this.#sources
    const isNow = ({ is, fields, to }: Entry): boolean =>
      is === 'version' &&
      (to.deleted === true) === isDeleted(record) &&
      Object.entries(fields).every(([field, value]) => this.#same(field, value, record.fields[field]))
    const now = entries.find(isNow)
    return entries.map((entry) => (entry === now ? { ...entry, now: true } : entry))
  }
}

/** Both lists newest first; versions keep their order whatever the clocks said. */
function merged(versions: readonly Entry[], asides: readonly Entry[]): Entry[] {
  const out: Entry[] = []
  let next = 0
  const newest = [...asides].sort((a, b) => b.at - a.at)
  for (const version of versions) {
    for (let aside = newest[next]; aside && aside.at > version.at; aside = newest[next]) {
      out.push(aside)
      next++
    }
    out.push(version)
  }
  return [...out, ...newest.slice(next)]
}
