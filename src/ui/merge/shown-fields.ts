import { isPurged, type Json, list, mergeKind, sameValue, text, updatedAt } from '../../core/records.ts'
import { diffWords, type Piece } from '../../core/word-diff.ts'
import type { ConflictField, ConflictView } from '../model.ts'

const ORDER = [
  'deleted',
  'title',
  'name',
  'url',
  'content',
  'description',
  'tags',
  'collectionIds',
  'parentId',
]
/** What a person reads of a record. */
const READ = ['title', 'name', 'url', 'content', 'description', 'tags']

const placeOf = ({ field }: ConflictField): number =>
  ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length

/** In the order in which a record is read. Beside a deletion also what the edit on the other side was. */
export function shownFields(view: ConflictView): ConflictField[] {
  const life = view.fields.find(({ field }) => field === 'deleted')
  const asked = new Set(view.fields.map(({ field }) => field))
  const edited = life && !isPurged(view.theirs) ? READ.filter((field) => !asked.has(field)) : []
  const more = edited.flatMap((field): ConflictField[] => {
    const [mine, theirs] = [view.mine.fields[field], view.theirs.fields[field]]
    const merge = mergeKind(view.kind, field)
    if (sameValue(merge, mine, theirs) || mine === undefined || theirs === undefined) return []
    const ancestor = life?.theirs === true ? theirs : mine
    const [mineAt, theirsAt] = [view.mine.stamps[field] ?? 0, view.theirs.stamps[field] ?? 0]
    return [{ field, merge, ancestor, mine, theirs, mineAt, theirsAt, by: life?.by ?? null }]
  })
  return [...view.fields, ...more].map(dated(view)).sort((a, b) => placeOf(a) - placeOf(b))
}

/** A side that was edited and not deleted has no time of its own for that: its last edit’s. */
const dated =
  ({ mine, theirs }: ConflictView) =>
  (field: ConflictField): ConflictField => ({
    ...field,
    mineAt: field.mineAt || updatedAt(mine),
    theirsAt: field.theirsAt || updatedAt(theirs),
  })

/** What one side changed; where it is not known what both began from, what only this side has. */
export function changesOf(field: ConflictField, side: 'mine' | 'theirs'): Piece[] {
  const value = text(field[side])
  if (field.ancestor !== null) return diffWords(text(field.ancestor), value)
  const other = text(side === 'mine' ? field.theirs : field.mine)
  return diffWords(other, value).filter(({ is }) => is !== 'del')
}

export function setChangesOf(field: ConflictField, side: 'mine' | 'theirs'): Piece[] {
  const now = list(field[side])
  const before: readonly string[] = list(field.ancestor === null ? other(field, side) : field.ancestor)
  const parts = now.map((item): Piece => ({ is: before.includes(item) ? 'same' : 'ins', text: item }))
  if (field.ancestor === null) return parts
  const gone = before.filter((item) => !now.includes(item))
  return [...parts, ...gone.map((item): Piece => ({ is: 'del', text: item }))]
}

const other = ({ mine, theirs }: ConflictField, side: 'mine' | 'theirs'): Json | undefined =>
  side === 'mine' ? theirs : mine

/** Whether its text is compared by word. */
export const isWritten = ({ field, mine, theirs }: ConflictField): boolean =>
  field !== 'parentId' && field !== 'createdAt' && (typeof mine === 'string' || typeof theirs === 'string')
