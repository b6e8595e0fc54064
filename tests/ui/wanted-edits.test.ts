import { beforeEach, expect, test } from 'vitest'
import { WantedEdits } from '../../src/ui/controllers/wanted-edits.ts'
import type { Refused, SessionActions } from '../../src/ui/session-model.ts'

let record: string
let made: string[]
let asked: Refused[]
let wanted: WantedEdits
/** As much of a field as is asked of it here. */
const field = ({ isConnected = true, drafted = null as string | null } = {}) => ({
  element: { isConnected } as HTMLTextAreaElement,
  drafted,
  asDraft: (typed: () => void) => {
    made.push('as a draft:')
    typed()
  },
})
let behind: [string, Refused][]
beforeEach(() => {
  record = 'one'
  made = []
  asked = []
  behind = []
  const goBehind = async (...of: [string, Refused]): Promise<void> => void behind.push(of)
  const tabs = {
    refuse: (refused: Refused) => void asked.push(refused),
    goBehind,
  } as Partial<SessionActions> as SessionActions
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
  const gone = ['as a draft:', 'for a page that is gone']
  expect(made).toEqual(['as a draft:', 'a', 'as a draft:', 'b', ...gone])
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
  const here = field({ drafted: 'a draft' })
  wanted.add(here, edit('a'))
  asked[0]?.go()
  expect([made, wanted.wait]).toEqual([[], true])
  wanted.add(here, edit('b'))
  expect(behind.map(([text, refused]) => [text, refused.record])).toEqual([['a draft', 'one']])
  behind[0]?.[1].go()
  expect([made, wanted.wait]).toEqual([['a', 'b'], false])
  // Where the page goes before that, it is a draft like them.
  wanted.add(here, edit('c'))
  asked[1]?.go()
  behind[1]?.[1].keep?.()
  expect(made).toEqual(['a', 'b', 'as a draft:', 'c'])
  expect([asked.length, wanted.wait]).toEqual([2, false])
})

test('P1 before a field shows something else, what waits there is kept as a draft, and made no second time', () => {
  const here = field()
  wanted.add(here, edit('a'))
  wanted.keep()
  expect([made, wanted.wait]).toEqual([['as a draft:', 'a'], false])
  asked[0]?.go()
  wanted.keep()
  expect(made).toEqual(['as a draft:', 'a'])
  // What is wanted since is a question of its own, which the answer to the first does not end.
  wanted.add(here, edit('b'))
  asked[0]?.drop()
  expect(wanted.wait).toBe(true)
  asked[1]?.go()
  expect(made).toEqual(['as a draft:', 'a', 'b'])
})

test('whether something waits is told as it begins and as it ends', () => {
  const told: boolean[] = []
  const tabs = { refuse: (refused: Refused) => void asked.push(refused) } as SessionActions
  const heard = new WantedEdits(
    () => tabs,
    () => record,
    () => told.push(heard.wait),
  )
  heard.add(field(), () => told.push(heard.wait))
  asked[0]?.go()
  expect(told, 'and the edit is made when it may be').toEqual([true, false, false])
})
