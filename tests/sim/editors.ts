import { type RecordState, text } from '../../src/core/records.ts'
import { FieldBinding } from '../../src/ui/controllers/field-binding.ts'
import type { WriteField } from '../../src/ui/controllers/field-write.ts'
import { Editor } from './editor.ts'

export type WriteText = (
  record: RecordState,
  field: string,
  ...write: Parameters<WriteField>
) => ReturnType<WriteField>

/** The text fields that a page has open, each with the real binding. */
export class Editors {
  readonly #write: WriteText
  readonly #open = new Map<string, { readonly editor: Editor; readonly binding: FieldBinding }>()

  constructor(write: WriteText) {
    this.#write = write
  }

  /** `change` makes the new text of the one in the editor. */
  type(record: RecordState, field: string, change: (text: string) => string, leaving: boolean): void {
    const key = `${record.id} ${field}`
    const open = this.#open.get(key) ?? this.#begin(record, field)
    this.#open.set(key, open)
    open.editor.type(change(open.editor.value))
    if (leaving) open.binding.leave()
  }

  takeIn(ids: readonly string[], shown: ReadonlyMap<string, RecordState>): void {
    for (const [key, { binding }] of this.#open) {
      const [of = '', field = ''] = key.split(' ')
      const record = ids.includes(of) ? shown.get(of) : undefined
      if (record) binding.takeIn(text(record.fields[field]))
    }
  }

  close(): void {
    for (const { binding } of this.#open.values()) binding.detach()
    this.#open.clear()
  }

  #begin(record: RecordState, field: string) {
    const editor = new Editor()
    const binding = new FieldBinding(editor as unknown as HTMLTextAreaElement, (...write) =>
      this.#write(record, field, ...write),
    )
    binding.load(text(record.fields[field]))
    return { editor, binding }
  }
}
