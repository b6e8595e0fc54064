import { html, nothing, type TemplateResult } from 'lit'
import './merge-text.ts'
import { toWellFormed } from '../../core/limits.ts'
import { list } from '../../core/records.ts'
import { fieldName, lifeWords, type Sides, valueWords } from '../conflict-words.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import type { Draft, FieldDraft } from '../merge/draft.ts'
import { preview } from '../merge/preview.ts'
import { isWritten } from '../merge/shown-fields.ts'
import type { TextMerge } from '../merge/text-merge.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { dialogBar } from '../styles/dialog-bar.ts'
import { splitTags } from '../words.ts'
import { mergeEditorStyles } from './merge-editor.styles.ts'
import { problemLine } from './problem.ts'

type OneDraft = Extract<FieldDraft, { is: 'one' }>
type SetDraft = Extract<FieldDraft, { is: 'set' }>

/** *Merge both*: every field in question, and the record that comes of it. Says `draft`, `save` and `back`; it writes nothing. */
class MergeEditor extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    draft: { attribute: false },
    sides: { attribute: false },
    problem: {},
    busy: { type: Boolean },
    previewing: { state: true },
  }
  declare draft: Draft
  declare sides: Sides
  declare problem: string | null
  declare busy: boolean
  declare previewing: boolean

  static override styles = [base, controls, dialogBar, mergeEditorStyles]

  constructor() {
    super()
    this.problem = null
    this.busy = false
    this.previewing = false
  }

  /** The keyboard goes on where the eyes are. */
  override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true })
  }

  override render(): TemplateResult {
    return html`<div class="fields" ?hidden=${this.previewing}>
        <h3 tabindex="-1">Merge both</h3>
        ${this.draft.fields.map((field) => this.#field(field))}
      </div>
      ${this.previewing ? preview(this.draft, this.model.records) : nothing}
      <div class="bar">
        ${problemLine(this.problem)}
        <button class="back" @click=${() => this.#say('back')}>${icon('back')}Back</button>
        <button class="outlined" aria-pressed=${this.previewing ? 'true' : 'false'} @click=${() => (this.previewing = !this.previewing)}>
          Preview
        </button>
        <button class="primary" aria-busy=${this.busy ? 'true' : 'false'} @click=${() => this.#say('save')}>Save merge</button>
      </div>`
  }

  #field(draft: FieldDraft): TemplateResult | typeof nothing {
    const { field } = draft.of
    const name = fieldName(field)
    switch (draft.is) {
      case 'text':
        return html`<section class="part" aria-label=${name}>
          <p class="name" aria-hidden="true">${name}</p>
          <pawkit-merge-text
            .merge=${draft.merge}
            .sides=${this.sides}
            .name=${name}
            @merge=${(event: CustomEvent<TextMerge>) => this.#put({ ...draft, merge: event.detail })}
          ></pawkit-merge-text>
        </section>`
      case 'set':
        // Kept for links that lead here; nothing that a person chooses.
        return field === 'formerIds' ? nothing : this.#set(draft, name)
      case 'one':
        return this.#one(draft, name)
    }
  }

  #one(draft: OneDraft, name: string): TemplateResult {
    const { field } = draft.of
    const pick = (value: OneDraft['pick'], whose: string, words: string | TemplateResult) =>
      html`<label class="choice"
        ><input
          type="radio"
          name=${field}
          value=${value}
          .checked=${draft.pick === value}
          @change=${() => this.#put({ ...draft, pick: value })}
        /><span><span class="whose">${whose}</span><span dir="auto">${words}</span></span></label
      >`
    return html`<div class="part"><fieldset>
      <legend>${name}</legend>
      ${pick('mine', 'This device', this.#words(draft, 'mine'))}
      ${pick('theirs', this.sides.device, this.#words(draft, 'theirs'))}
      ${isWritten(draft.of) ? html`${pick('own', 'Your own words', '')}${this.#own(draft, name)}` : nothing}
    </fieldset></div>`
  }

  #words({ of }: OneDraft, side: 'mine' | 'theirs'): string | TemplateResult {
    const value = of[side]
    if (of.field === 'deleted') {
      const where = side === 'mine' ? 'here' : this.sides.where
      const gone = value === true || (side === 'theirs' && this.draft.view.theirs.fields.purged === true)
      return `${lifeWords(gone, where)}: ${gone ? 'it goes to the Trash' : 'it stays in the library'}`
    }
    const words = valueWords(of.field, value, this.model.records, Date.now())
    return words === '' ? html`<i class="soft">Empty</i>` : words
  }

  /** Begins with what is chosen; the first letter makes it the person's own. */
  #own(draft: OneDraft, name: string): TemplateResult {
    const now = draft.pick === 'own' ? draft.own : String(draft.of[draft.pick] ?? '')
    return html`<div class="own">
      <input
        class="input"
        aria-label=${`${name} as it will be`}
        dir="auto"
        autocomplete="off"
        .value=${now}
        @input=${(event: Event) => {
          const typed = event.target instanceof HTMLInputElement ? toWellFormed(event.target.value) : now
          this.#put({ ...draft, pick: 'own', own: typed })
        }}
      />
    </div>`
  }

  #set(draft: SetDraft, name: string): TemplateResult {
    const { field, mine, theirs } = draft.of
    const all = [...new Set([...list(theirs), ...list(mine), ...draft.value])]
    const toggle = (item: string): void => {
      const value = draft.value.includes(item)
        ? draft.value.filter((other) => other !== item)
        : all.filter((other) => other === item || draft.value.includes(other))
      this.#put({ ...draft, value })
    }
    const whose = (item: string): string => {
      const [here, there] = [list(mine).includes(item), list(theirs).includes(item)]
      return here === there ? '' : here ? 'only on this device' : `only ${this.sides.where}`
    }
    return html`<div class="part"><fieldset>
      <legend>${name}</legend>
      <div class="sets">
        ${all.map(
          (item) => html`<label class="choice"
            ><input type="checkbox" .checked=${draft.value.includes(item)} @change=${() => toggle(item)} /><span
              ><span dir="auto">${field === 'collectionIds' ? valueWords(field, [item], this.model.records, 0) : item}</span
              ><span class="whose">${whose(item)}</span></span
            ></label
          >`,
        )}
      </div>
      ${
        field === 'tags'
          ? html`<div class="more">
              <input class="input" aria-label="More tags" placeholder="More tags, with commas" autocapitalize="none" @change=${(
                event: Event,
              ) => {
                if (!(event.target instanceof HTMLInputElement)) return
                const more = splitTags(toWellFormed(event.target.value))
                event.target.value = ''
                this.#put({ ...draft, value: [...new Set([...draft.value, ...more])] })
              }} />
            </div>`
          : nothing
      }
    </fieldset></div>`
  }

  #put(changed: FieldDraft): void {
    const fields = this.draft.fields.map((field) => (field.of.field === changed.of.field ? changed : field))
    this.draft = { ...this.draft, fields }
    this.dispatchEvent(new CustomEvent('draft', { detail: this.draft }))
  }

  #say(what: 'save' | 'back'): void {
    this.dispatchEvent(new CustomEvent(what))
  }
}

customElements.define('pawkit-merge-editor', MergeEditor)
