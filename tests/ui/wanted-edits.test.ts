import { beforeEach, expect, test } from 'vitest'
import { WantedEdits } from '../../src/ui/controllers/wanted-edits.ts'
import type { Refused, SessionActions } from '../../src/ui/session-model.ts'

let record: string
let made: string[]
let asked: Refused[]
let wanted: WantedEdits
/** As much of a field as is asked of it here. */
const field = (isConnected = true) => ({ isConnected }) as HTMLTextAreaElement
beforeEach(() => {
  record = 'one'
  made = []
  asked = []
  const tabs = { refuse: (refused: Refused) => void asked.push(refused) } as SessionActions
  wanted = new WantedEdits(
    () => tabs,
    () => record,
  )
})
const edit = (name: string) => () => void made.push(name)

test('all that is typed until a person has answered is one question, and is made in its order', () => {
  const here = field()
  wanted.add(here, edit('a'), (typed) => typed())
  wanted.add(here, edit('b'), (typed) => typed())
  expect(asked.map((refused) => refused.record)).toEqual(['one'])
  asked[0]?.go()
  expect(made).toEqual(['a', 'b'])
  wanted.add(here, edit('c'), (typed) => typed())
  asked[1]?.drop()
  expect(made).toEqual(['a', 'b'])
})

test('P1 where another tab is opened for it, what was typed is made for the store to keep, in its order', () => {
  const here = field()
  const asDraft = (typed: () => void) => {
    made.push('as a draft:')
    typed()
  }
  wanted.add(here, edit('a'), asDraft)
  wanted.add(here, edit('b'), asDraft)
  wanted.add(field(false), edit('for a page that is gone'), asDraft)
  asked[0]?.keep?.()
  expect(made).toEqual(['as a draft:', 'a', 'as a draft:', 'b'])
  wanted.add(here, edit('c'), asDraft)
  expect(asked, 'the next is a question of its own').toHaveLength(2)
})

test('P4 what was wanted in one record is not made in another that its field shows by then, nor in no field', () => {
  const here = field()
  wanted.add(here, edit('for one'), (typed) => typed())
  record = 'two'
  wanted.add(here, edit('for two'), (typed) => typed())
  wanted.add(field(false), edit('for a page that is gone'), (typed) => typed())
  asked[0]?.go()
  expect(made).toEqual(['for two'])
})
