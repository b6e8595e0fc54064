import { App } from './support/app.ts'
import { ADA } from './support/client.ts'
import { type Devices, expect, test } from './support/test.ts'

const WITHIN = { timeout: 10_000, intervals: [25] }

async function twoDevices(devices: Devices): Promise<[App, App]> {
  const here = await App.open(await devices.context())
  await here.signUp(ADA)
  const there = await App.open(await devices.context())
  await there.signIn(ADA)
  return [here, there]
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN

test('P5 two devices: create, edit and delete appear on the other without a reload', async ({ devices }) => {
  const [here, there] = await twoDevices(devices)
  const took = { create: [] as number[], edit: [] as number[], delete: [] as number[] }
  const timed = async (what: keyof typeof took, seen: () => Promise<void>): Promise<void> => {
    const begun = performance.now()
    await seen()
    took[what].push(performance.now() - begun)
  }
  for (const round of [1, 2, 3]) {
    await here.button('New card').click()
    const form = here.dialog('New card')
    await form.getByRole('textbox', { name: 'URL' }).fill(`https://example.com/${round}`)
    await form.getByRole('textbox', { name: 'Title' }).fill(`Card ${round}`)
    await form.getByRole('button', { name: 'Save' }).click()
    await timed('create', () => expect(there.entry(`Card ${round}`)).toBeVisible(WITHIN))
    await here.entry(`Card ${round}`).click()
    await expect(here.title).toHaveValue(`Card ${round}`)
    await here.title.fill(`Edited ${round}`)
    await timed('edit', () => expect(there.entry(`Edited ${round}`)).toBeVisible(WITHIN))
    await here.button('Delete').click()
    await timed('delete', () => expect(there.entry(`Edited ${round}`)).toHaveCount(0, WITHIN))
  }
  const all = [...took.create, ...took.edit, ...took.delete]
  const ms = (times: readonly number[]): string => `${Math.round(median(times))} ms`
  test.info().annotations.push({ type: 'latency', description: ms(all) })
  process.stdout.write(
    `two devices: median ${ms(all)} (create ${ms(took.create)}, edit ${ms(took.edit)} of which 2 s wait for a pause, delete ${ms(took.delete)}; goal 2 s)\n`,
  )
})

test('P5 two devices: the open editor takes the change without moving the caret', async ({ devices }) => {
  const [here, there] = await twoDevices(devices)
  await here.newNote('Shared', 'one three')
  await there.entry('Shared').click()
  await expect(there.content).toHaveValue('one three')
  await there.content.focus()
  await there.content.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(4, 9))

  const selected = (): Promise<string> =>
    there.content.evaluate((field: HTMLTextAreaElement) =>
      [
        field.value.slice(0, field.selectionStart),
        field.value.slice(field.selectionStart, field.selectionEnd),
        field.value.slice(field.selectionEnd),
      ].join('|'),
    )
  await here.write(' four')
  await expect(there.content).toHaveValue('one three four')
  expect(await selected()).toBe('one |three| four')

  await here.page.keyboard.press('Control+Home')
  await here.page.keyboard.type('zero ')
  await expect(there.content).toHaveValue('zero one three four')
  expect(await selected()).toBe('zero one |three| four')
  await expect(there.content).toBeFocused()
})
