import { beforeEach, expect, test } from 'vitest'
import { WantedEdits } from '../../src/ui/controllers/wanted-edits.ts'
import type { Refused, SessionActions } from '../../src/ui/session-model.ts'

let record: string
let made: string[]
let asked: Refused[]
let wanted: WantedEdits
/** As much of a field as is asked of it here. */
const field = ({ isConnected = true, goesOn = false } = {}) => ({
  element: { isConnected } as HTMLTextAreaElement,
  goesOn,
  asDraft: (typed: () => void) => {
    made.push('as a draft:')
    typed()
  },
})
let behind: Refused[]
beforeEach(() => {
  record = 'one'
  made = []
  asked = []
  behind = []
  const goBehind = async (refused: Refused): Promise<void> => void behind.push(refused)
  const tabs = { refuse: (refused: Refused) => void asked.push(refused), goBehind } as SessionActions
  wanted = new WantedEdits(
    () => tabs,
    () => record,
  )
})
const edit = (name: string) => () => void made.push(name)

test('all that is typed until a person has answered is one question, and is made in its order', () => {
  const here = field()
  wanted.add(here, edit('a'))
  wanted.add(here, edit('b'))
  expect(asked.map((refused) => refused.record)).toEqual(['one'])
  asked[0]?.go()
  expect(made).toEqual(['a', 'b'])
  wanted.add(here, edit('c'))
  asked[1]?.drop()
  expect(made).toEqual(['a', 'b'])
})

test('P1 where another tab is opened for it, what was typed is made for the store to keep, in its order', () => {
  const here = field()
  wanted.add(here, edit('a'))
  wanted.add(here, edit('b'))
  wanted.add(field({ isConnected: false }), edit('for a page that is gone'))
  asked[0]?.keep?.()
  expect(made).toEqual(['as a draft:', 'a', 'as a draft:', 'b'])
  wanted.add(here, edit('c'))
  expect(asked, 'the next is a question of its own').toHaveLength(2)
})

test('P4 what was wanted in one record is not made in another that its field shows by then, nor in no field', () => {
  const here = field()
  wanted.add(here, edit('for one'))
  record = 'two'
  wanted.add(here, edit('for two'))
  wanted.add(field({ isConnected: false }), edit('for a page that is gone'))
  asked[0]?.go()
  expect(made).toEqual(['for two'])
})

test('P4 what stands behind letters that are a draft waits until those are taken in, with all that is typed meanwhile', () => {
  const here = field({ goesOn: true })
  wanted.add(here, edit('a'))
  asked[0]?.go()
  expect([made, wanted.going]).toEqual([[], true])
  wanted.add(here, edit('b'))
  expect(behind.map((refused) => refused.record)).toEqual(['one'])
  behind[0]?.go()
  expect([made, wanted.going]).toEqual([['a', 'b'], false])
  // Where the page goes before that, it is a draft like them.
  wanted.add(here, edit('c'))
  asked[1]?.go()
  behind[1]?.keep?.()
  expect(made).toEqual(['a', 'b', 'as a draft:', 'c'])
  expect([asked.length, wanted.going]).toEqual([2, false])
})
