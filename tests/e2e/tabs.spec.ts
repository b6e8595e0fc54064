import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { secondTab, typeAndTake } from './support/tabs.ts'
import { expect, test } from './support/test.ts'

test('P4 two tabs type into one note in turns: no letter is lost', async ({ site, devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  await first.signUp(ADA)
  const id = await first.newNote('Two tabs', 'start\nmiddle\nend')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.content).toHaveValue('start\nmiddle\nend')

  await first.content.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(5, 5))
  await second.content.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(16, 16))
  const words: string[] = []
  for (const turn of [1, 2, 3, 4, 5, 6]) {
    for (const [tab, name] of [
      [first, 'a'],
      [second, 'b'],
    ] as const) {
      const word = `${name}${turn}word`
      words.push(word)
      await tab.content.focus()
      if (words.length === 1) await tab.page.keyboard.type(` ${word}`)
      else await typeAndTake(tab, ` ${word}`)
    }
  }
  const whole = `start ${words.filter((_, index) => index % 2 === 0).join(' ')}\nmiddle\nend ${words.filter((_, index) => index % 2 === 1).join(' ')}`
  await expect(first.content).toHaveValue(whole)
  await expect(second.content).toHaveValue(whole)
  await expect.poll(() => site.data.content(id)).toBe(whole)
})

test('P4 two tabs type at one place in turns: no letter is lost, both show the same', {
  tag: '@long',
}, async ({ devices }) => {
  const context = await devices.context()
  const first = await App.open(context)
  const id = await first.newNote('One place', '')
  const second = await secondTab(context, `/notes/${id}`)
  await expect(second.title).toHaveValue('One place')
  const letters = 'abcdefghijkl'
  for (const [index, letter] of [...letters].entries()) {
    const tab = index % 2 === 0 ? first : second
    await tab.content.focus()
    if (index === 0) await tab.page.keyboard.press(letter)
    else await typeAndTake(tab, letter)
  }
  // What both insert at one place stays, on lines or as words of its own.
  const sorted = async (tab: App): Promise<string> =>
    [...(await tab.content.inputValue()).replaceAll(/\s/g, '')].sort().join('')
  await expect.poll(() => sorted(first)).toBe(letters)
  await expect.poll(() => sorted(second)).toBe(letters)
  await expect(second.content).toHaveValue(await first.content.inputValue())
})
