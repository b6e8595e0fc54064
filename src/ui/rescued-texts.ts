import type { Write } from '../core/messages.ts'
import { type Fields, list, type RecordState, titleOf } from '../core/records.ts'
import type { RecordView } from './model.ts'
import type { OpenText, RescuedText } from './rescue-model.ts'

const PARTS: Readonly<Record<string, string>> = {
  content: 'text',
  title: 'title',
  name: 'name',
  url: 'address',
  description: 'description',
  tags: 'tags',
}

interface Unsaved {
  readonly kind: string
  readonly fields: Fields
}

/** What was typed and is not stored, by record: of writes, and of editors, whose texts are the newest. */
function unsavedOf(writes: readonly Write[], open: readonly OpenText[], views: Views): Map<string, Unsaved> {
  const unsaved = new Map<string, Unsaved>()
  const add = (id: string, kind: string, fields: Fields): void => {
    const before = unsaved.get(id)
    unsaved.set(id, { kind: before?.kind ?? kind, fields: { ...before?.fields, ...fields } })
  }
  for (const { id, kind, typed } of writes) add(id, kind, typed)
  for (const { id, field, text } of open) add(id, views.get(id)?.record.kind ?? 'note', { [field]: text })
  return unsaved
}

type Views = ReadonlyMap<string, RecordView>

/** The texts that are only in memory, each under its record's title. */
export function rescuedTexts(
  writes: readonly Write[],
  open: readonly OpenText[],
  views: Views,
): RescuedText[] {
  return [...unsavedOf(writes, open, views)].flatMap(([id, { kind, fields }]) => {
    const title = titleOf({ kind, fields: { ...views.get(id)?.record.fields, ...fields } })
    return Object.entries(PARTS).flatMap(([field, part]) => {
      const value = fields[field]
      const text = typeof value === 'string' ? value : list(value).join(', ')
      return text === '' ? [] : [{ title, part, text }]
    })
  })
}

/** The library as the page holds it, with what was typed and is not stored. */
export function rescuedLibrary(
  writes: readonly Write[],
  open: readonly OpenText[],
  views: Views,
): RecordState[] {
  const unsaved = unsavedOf(writes, open, views)
  const stored = [...views.values()].map(({ record }) => {
    const fields = unsaved.get(record.id)?.fields
    return fields ? { ...record, fields: { ...record.fields, ...fields } } : record
  })
  const fresh = [...unsaved].filter(([id]) => !views.has(id))
  return [...stored, ...fresh.map(([id, { kind, fields }]) => ({ id, kind, version: 0, fields, stamps: {} }))]
}
