import { expect } from '@playwright/test'
import { hostOf } from '../../../src/core/records.ts'
import type { App } from './app.ts'
import { storedField } from './store.ts'

const FIELD = {
  Title: 'title',
  Content: 'content',
  URL: 'url',
  Description: 'description',
  Name: 'name',
} as const

/** Everything that a person typed, by record: none of it may be lost. */
export class Typed {
  readonly #texts = new Map<string, string[]>()

  add(id: string, ...texts: readonly string[]): void {
    this.#texts.set(id, [...(this.#texts.get(id) ?? []), ...texts])
  }

  /** A person put another in its place before anybody else had it. */
  replaced(id: string, text: string): void {
    this.#texts.set(
      id,
      (this.#texts.get(id) ?? []).filter((one) => one !== text),
    )
  }

  /** An address is one word; of a text each line's words. */
  words(): [id: string, words: readonly string[]][] {
    return [...this.#texts].map(([id, texts]) => [id, texts.flatMap((text) => text.split(/\s+/))])
  }
}

/** What a person does to one record after another. Each change is in the device's store when it returns. */
export class Hand {
  readonly app: App
  readonly typed: Typed

  constructor(app: App, typed: Typed) {
    this.app = app
    this.typed = typed
  }

  /** By its link in the library. */
  async open(id: string): Promise<void> {
    await this.app.library.locator(`a[href$="${id}"]`).click()
    await expect(this.app.page).toHaveURL(new RegExp(id))
    await expect(this.app.page.getByRole('textbox').last()).toBeVisible()
  }

  async write(id: string, name: keyof typeof FIELD, value: string): Promise<void> {
    await this.open(id)
    await this.app.page.getByRole('textbox', { name, exact: true }).fill(value)
    this.typed.add(id, value)
    await this.#stored(id, FIELD[name], value)
  }

  async tag(id: string, ...tags: readonly string[]): Promise<void> {
    await this.open(id)
    const field = this.app.page.getByRole('textbox', { name: 'Tags' })
    await field.fill(tags.join(', '))
    await field.press('Enter')
    this.typed.add(id, ...tags)
    await this.#stored(id, 'tags', tags)
  }

  /** Ticks or unticks the collections of these names. */
  async file(id: string, ...names: readonly string[]): Promise<void> {
    const { app } = this
    await this.open(id)
    await app.button('Collections').click()
    for (const name of names) {
      const box = app.page.getByRole('checkbox', { name, exact: true })
      const wanted = !(await box.isChecked())
      await box.setChecked(wanted)
      await expect(box).toBeChecked({ checked: wanted })
    }
    await app.page.keyboard.press('Escape')
    await expect(app.page.getByRole('checkbox').first()).toBeHidden()
  }

  async pin(id: string): Promise<void> {
    await this.open(id)
    await this.app.button('Pin').click()
    await this.#stored(id, 'pinned', true)
  }

  async remove(id: string): Promise<void> {
    await this.open(id)
    await this.app.button('Delete').click()
    await this.#stored(id, 'deleted', true)
  }

  /** No control sets it yet: as one would, through what all of them write with. */
  async nest(id: string, parent: string): Promise<void> {
    await this.app.page.evaluate(
      async ([record, parentId]) => {
        type Edit = (id: string, shown: object, typed: object) => Promise<unknown>
        const shell = document.querySelector('pawkit-app') as Element & { model: { edit: Edit } }
        await shell.model.edit(record, { parentId: null }, { parentId })
      },
      [id, parent] as const,
    )
    await this.#stored(id, 'parentId', parent)
  }

  /** By the form; returns the id. */
  async saveCard(url: string, title: string): Promise<string> {
    const { app } = this
    await app.button('New card').click()
    const form = app.dialog('New card')
    await form.getByRole('textbox', { name: 'URL' }).fill(url)
    await form.getByRole('textbox', { name: 'Title' }).fill(title)
    await form.getByRole('button', { name: 'Save' }).click()
    await expect(form).toBeHidden()
    await app.entry(title || hostOf(url)).click()
    await expect(app.title).toHaveValue(title)
    this.typed.add(app.id, url, title)
    return app.id
  }

  async #stored(id: string, field: string, value: unknown): Promise<void> {
    await expect.poll(() => storedField(this.app.page, id, field)).toEqual(value)
  }
}
