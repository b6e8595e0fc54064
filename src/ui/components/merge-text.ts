import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import { type Block, type Take, taken } from '../../core/merge-blocks.ts'
import { diffWords, type Piece } from '../../core/word-diff.ts'
import type { Sides } from '../conflict-words.ts'
import { ResultEditor } from '../merge/result-editor.ts'
import { blocksOf, type TextMerge, takeOf } from '../merge/text-merge.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { count } from '../words.ts'
import { markedStyles, markedText } from './marked-text.ts'
import { mergeTextStyles } from './merge-text.styles.ts'

const TAKES: readonly (readonly [take: Take, words: string])[] = [
  ['mine', 'Take mine'],
  ['theirs', 'Take theirs'],
  ['both', 'Take both'],
]
const TAKEN: Readonly<Record<Take, string>> = {
  mine: 'Mine is taken',
  theirs: 'Theirs is taken',
  both: 'Both are taken',
}
type Compared = 'theirs' | 'mine' | 'ancestor' | 'nothing'

/**
 * One text that a person merges: each clashing block with its choices, and the text that comes of it, free to be
 * edited. Says `merge` with what it is now.
 */
class MergeText extends LitElement {
  static override properties = {
    merge: { attribute: false },
    sides: { attribute: false },
    name: {},
    plain: { type: Boolean, reflect: true },
    active: { state: true },
    compared: { state: true },
  }
  declare merge: TextMerge
  declare sides: Sides
  /** The field's name, as the page shows it. */
  declare name: string
  /** Nothing clashes any more. */
  declare plain: boolean
  declare active: number
  declare compared: Compared
  readonly #parent = createRef<HTMLElement>()
  #editor: ResultEditor | null = null

  static override styles = [base, controls, markedStyles, mergeTextStyles]

  constructor() {
    super()
    this.active = -1
    this.compared = 'theirs'
    this.plain = false
  }

  override willUpdate(): void {
    this.plain = blocksOf(this.merge).length === 0
  }

  override firstUpdated(): void {
    this.#begin()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#begin()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#editor?.destroy()
    this.#editor = null
  }

  #begin(): void {
    const [root, parent] = [this.shadowRoot, this.#parent.value]
    if (!root || !parent) return
    this.#editor = new ResultEditor({
      root,
      parent,
      name: `Merged ${this.name.toLowerCase()}`,
      describedBy: 'leave',
      text: this.merge.text,
      ranges: this.merge.ranges,
      changed: (text, ranges) => this.#say({ ...this.merge, text, ranges }),
    })
    this.#compare()
  }

  override updated(changed: PropertyValues<this>): void {
    const before = changed.get('merge')
    const editor = this.#editor
    if (!editor) return
    // What was typed here comes back as it is; another side's coming is news to the editor.
    if (before && before.pieces !== this.merge.pieces) editor.renew(this.merge.text, this.merge.ranges)
    if (before && before.theirs !== this.merge.theirs) this.#compare()
    if (changed.has('compared')) this.#compare()
  }

  #compare(): void {
    const { ancestor, mine, theirs } = this.merge
    const texts = { theirs, mine, ancestor, nothing: null }
    this.#editor?.compareWith(texts[this.compared])
  }

  #say(merge: TextMerge): void {
    this.merge = merge
    this.dispatchEvent(new CustomEvent('merge', { detail: merge }))
  }

  override render(): TemplateResult {
    const blocks = blocksOf(this.merge)
    const which = `Merged ${this.name.toLowerCase()}`
    const choice = (value: Compared, words: string) =>
      html`<option value=${value} ?selected=${value === this.compared}>${words}</option>`
    return html`${this.#blocks(blocks)}
      <div class="result">
        <div class="head">
          <h4 aria-hidden="true">${which}</h4>
          <label>Compared with<select @change=${this.#onCompare}>
            ${choice('theirs', this.sides.device)} ${choice('mine', 'This device')}
            ${this.merge.ancestor === null ? nothing : choice('ancestor', 'Before both changes')}
            ${choice('nothing', 'Nothing')}
          </select></label>
        </div>
        <div ${ref(this.#parent)} class="editor"></div>
        <p id="leave" class="hint">Edit it freely. Tab, or Escape and then Tab, leaves the text.</p>
      </div>`
  }

  #blocks(blocks: readonly Block[]): TemplateResult | typeof nothing {
    if (blocks.length === 0)
      return html`<p class="lead">Everything in it fits together. Read it, change it, save it.</p>`
    return html`<div>
      <p class="lead">
        ${count(blocks.length, 'block')} clash${blocks.length === 1 ? 'es' : ''}. The rest is merged already.
      </p>
      <ul class="blocks" role="list">
        ${blocks.map((block, index) => this.#block(block, index, blocks.length))}
      </ul>
    </div>`
  }

  #block(block: Block, index: number, many: number): TemplateResult {
    const name = `Block ${index + 1} of ${many}`
    const take = takeOf(this.merge, index)
    return html`<li
      class="block ${index === this.active ? 'active' : ''}"
      @focusin=${() => this.#look(index)}
      @pointerdown=${() => this.#look(index)}
    >
      <div role="group" aria-label=${name}>
        <header>
          <b class="numbers">${name}</b><span class="soft">${take ? TAKEN[take] : 'Your own words'}</span>
        </header>
        ${this.#version('This device', block, 'mine')} ${this.#version(this.sides.device, block, 'theirs')}
        <div class="takes">
          ${TAKES.map(
            ([value, words]) =>
              html`<button
                class="outlined"
                aria-description=${name}
                aria-pressed=${take === value ? 'true' : 'false'}
                @click=${() => this.#editor?.choose(index, taken(block, value))}
              >
                ${words}
              </button>`,
          )}
        </div>
      </div>
    </li>`
  }

  #version(whose: string, block: Block, side: 'mine' | 'theirs'): TemplateResult {
    const parts = partsOf(block, side)
    return html`<div class="version">
      <p class="whose">${whose}</p>
      ${parts.length === 0 ? html`<p class="none">Nothing here</p>` : markedText(parts)}
    </div>`
  }

  #look(index: number): void {
    this.active = index
    this.#editor?.look(index)
  }

  readonly #onCompare = (event: Event): void => {
    const value = event.target instanceof HTMLSelectElement ? event.target.value : ''
    this.compared = value === 'mine' || value === 'ancestor' || value === 'nothing' ? value : 'theirs'
  }
}

/** A block is compared once, not at every letter typed beside it. */
const compared = {
  mine: new WeakMap<Block, readonly Piece[]>(),
  theirs: new WeakMap<Block, readonly Piece[]>(),
}

function partsOf(block: Block, side: 'mine' | 'theirs'): readonly Piece[] {
  const parts = compared[side].get(block) ?? compareBlock(block, side)
  compared[side].set(block, parts)
  return parts
}

/** What changed in a block since both sides were the same, or, where that is not known, what only it has. */
function compareBlock(block: Block, side: 'mine' | 'theirs'): readonly Piece[] {
  const now = block[side].join('\n')
  if (block.base) return diffWords(block.base.join('\n'), now)
  const other = block[side === 'mine' ? 'theirs' : 'mine'].join('\n')
  return diffWords(other, now).filter(({ is }) => is !== 'del')
}

customElements.define('pawkit-merge-text', MergeText)
