import { describe, expect, test, vi } from 'vitest'
import { MergesLeft } from '../../src/ui/controllers/merges-left.ts'
import { beginDraft, type Draft } from '../../src/ui/merge/draft.ts'
import { keepDraft } from '../../src/ui/merge/kept-draft.ts'
import type { ConflictView, PageModel } from '../../src/ui/model.ts'
import { RequestEvent } from '../../src/ui/requests.ts'
import { Unfinished } from '../../src/ui/unfinished.ts'
import { eventually } from '../support/eventually.ts'
import { memory } from '../support/memory.ts'

const DIALOG = { is: 'resolve', id: 'a' } as const
const side = { id: 'a', kind: 'note', version: 2, fields: { title: 'Roma' }, stamps: {} }
const field = { field: 'title', merge: 'line', ancestor: 'R', mine: 'Rome', theirs: 'Roma' } as const
const conflict: ConflictView = {
  id: 'a',
  kind: 'note',
  title: 'A',
  mine: side,
  theirs: side,
  since: 1,
  fields: [{ ...field, mineAt: 2, theirsAt: 1, by: null }],
}
const written = (draft: Draft): Draft => ({
  ...draft,
  fields: draft.fields.map((each) => ({ ...each, is: 'one', pick: 'own', own: 'Rome, Roma' }) as const),
})

/** A page on which a merge was begun and put aside, and how its conflict and record go on. */
function page(draft: Draft, there = true) {
  const tab = memory()
  const unfinished = new Unfinished({ memory: tab, session: () => 's', library: () => 'l' })
  unfinished.put(DIALOG, keepDraft(draft))
  unfinished.close(DIALOG)
  let open: ConflictView | null = there ? conflict : null
  const conflicts = Object.assign(new EventTarget(), { get: () => open, look: async () => {} })
  const notify = vi.fn<PageModel['notify']>()
  const model = { conflicts, unfinished, notify, records: new Map(), resolveId: (id: string) => id }
  const host = Object.assign(new EventTarget(), {
    model: model as unknown as PageModel,
    addController: () => {},
    removeController: () => {},
    requestUpdate: () => {},
    updateComplete: Promise.resolve(true),
  })
  const left = new MergesLeft(host)
  left.hostConnected()
  return {
    unfinished,
    notify,
    host,
    becomes: async (view: ConflictView | null): Promise<void> => {
      open = view
      conflicts.dispatchEvent(new Event('change'))
      // What it looks at is loaded when it is needed.
      await vi.dynamicImportSettled()
      await new Promise((resolve) => setTimeout(resolve))
      await vi.dynamicImportSettled()
    },
  }
}

describe('a merge that was put aside', () => {
  test('P1 its conflict is settled meanwhile: what was written is told of, once, and shown', async () => {
    const { notify, host, becomes } = page(written(beginDraft(conflict)))
    await becomes(conflict)
    expect(notify, 'its conflict leads to it').not.toHaveBeenCalled()
    await becomes(null)
    await becomes(null)
    expect(notify).toHaveBeenCalledOnce()
    const asked: unknown[] = []
    host.addEventListener(RequestEvent.type, (event) => asked.push((event as RequestEvent).request))
    notify.mock.calls[0]?.[2]?.run()
    expect(asked).toEqual([{ open: DIALOG }])
    await becomes(conflict)
    await becomes(null)
    expect(notify, 'settled a second time').toHaveBeenCalledTimes(2)
  })

  test('P1 it was settled while the page was away', async () => {
    const { notify } = page(written(beginDraft(conflict)), false)
    await eventually(() => expect(notify).toHaveBeenCalledOnce())
  })

  test('nothing was written in it, or its dialog is open: nobody is told', async () => {
    const bare = page(beginDraft(conflict))
    await bare.becomes(null)
    expect(bare.notify).not.toHaveBeenCalled()
    expect(bare.unfinished.get(DIALOG), 'and it is forgotten').toBeUndefined()
    const open = page(written(beginDraft(conflict)))
    open.unfinished.put(DIALOG, open.unfinished.get(DIALOG))
    await open.becomes(null)
    open.unfinished.close(DIALOG)
    await open.becomes(null)
    expect(open.notify, 'its dialog has said so').not.toHaveBeenCalled()
    const saved = page(written(beginDraft(conflict)))
    const settling = saved.becomes(null)
    saved.unfinished.drop(DIALOG)
    await settling
    expect(saved.notify, 'it was saved meanwhile').not.toHaveBeenCalled()
  })
})
