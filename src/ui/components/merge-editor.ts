import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import './merge-text.ts'
import { toWellFormed } from '../../core/limits.ts'
import { list } from '../../core/records.ts'
import { fieldName, lifeWords, type Sides, valueWords } from '../conflict-words.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import { type Draft, type FieldDraft, ownWork } from '../merge/draft.ts'
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

/**
 * *Merge both*: every field in question, and the record that comes of it; or, once that is settled, what a person wrote.
 * Says `draft`, `save`, `copy` and `back`; it writes nothing.
 */
class MergeEditor extends PawkitElement {
  static override properties = {
    ...PawkitElement.properties,
    draft: { attribute: false },
    sides: { attribute: false },
    ends: {},
    problem: {},
    busy: { type: Boolean },
    previewing: { state: true },
  }
  declare draft: Draft
  declare sides: Sides
  /** What can become of it: `edit` and `copy` where the conflict is settled meanwhile. */
  declare ends: 'merge' | 'edit' | 'copy'
  declare problem: string | null
  declare busy: boolean
  declare previewing: boolean

  static override styles = [base, controls, dialogBar, mergeEditorStyles]

  constructor() {
    super()
    this.ends = 'merge'
    this.problem = null
    this.busy = false
    this.previewing = false
  }

  /** The keyboard goes on where the eyes are. */
  override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('h3')?.focus({ preventScroll: true })
  }

  override render(): TemplateResult {
    const over = this.ends !== 'merge'
    const previewing = this.previewing && !over
    return html`<div class="fields" ?hidden=${previewing}>
        <h3 tabindex="-1">${over ? 'What you wrote' : 'Merge both'}</h3>
        ${repeat(
          this.draft.fields,
          ({ of }) => of.field,
          (field) => this.#field(field),
        )}
        ${this.#parked()}
      </div>
      ${previewing ? preview(this.draft, this.model.records) : nothing}
      <div class="bar">${problemLine(this.problem)}${over ? this.#afterwards() : this.#choices()}</div>`
  }

  #choices(): TemplateResult {
    return html`<button class="back" @click=${() => this.#say('back')}>${icon('back')}Back</button>
      <button class="outlined" aria-pressed=${this.previewing ? 'true' : 'false'} @click=${() => (this.previewing = !this.previewing)}>
        Preview
      </button>
      <button class="primary" aria-busy=${this.busy ? 'true' : 'false'} @click=${() => this.#say('save')}>Save merge</button>`
  }

  #afterwards(): TemplateResult {
    return html`<button class="back danger" @click=${() => this.#say('back')}>Give it up</button>
      <button class="outlined" @click=${() => this.#say('copy')}>Copy</button>
      ${
        this.ends === 'edit'
          ? html`<button class="primary" aria-busy=${this.busy ? 'true' : 'false'} @click=${() => this.#say('save')}>
              Save what I wrote
            </button>`
          : nothing
      }`
  }

  /** Words for a field that both sides agree on by now. */
  #parked(): TemplateResult | typeof nothing {
    const names = ownWork({ ...this.draft, fields: [] }).map(({ of }) => fieldName(of.field))
    if (names.length === 0) return nothing
    return html`<p class="part soft">
      Settled meanwhile: ${names.join(', ')}. What you wrote there is kept, and comes after this.
    </p>`
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
    // The sides to choose from are gone.
    if (this.ends !== 'merge')
      return html`<div class="part"><p class="name" aria-hidden="true">${name}</p>${this.#own(draft, name)}</div>`
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

  #say(what: 'save' | 'copy' | 'back'): void {
    this.dispatchEvent(new CustomEvent(what))
  }
}

customElements.define('pawkit-merge-editor', MergeEditor)
