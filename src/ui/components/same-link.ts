import { css, html, nothing } from 'lit'
import { hostOf, isDeleted, type RecordState, text, titleOf } from '../../core/records.ts'
import { joinCards } from '../../core/same-link.ts'
import { urlKey } from '../../core/url.ts'
import { PawkitElement } from '../element.ts'
import { problemOf } from '../outcome.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'

/** On a card whose link another card has too, which sync accepts: offers to make one of the two. */
export class SameLink extends PawkitElement {
  static override properties = { ...PawkitElement.properties, recordId: {} }
  declare recordId: string

  static override styles = [
    base,
    controls,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 6px 12px;
        margin-top: 10px;
        color: var(--ink-soft);
      }
    `,
  ]

  constructor() {
    super()
    this.watch('records')
  }

  override render() {
    const [card, twin] = this.#pair()
    if (!card || !twin) return nothing
    return html`<p role="status">
      <span>Another card has this link: <a href="/cards/${twin.id}">${titleOf(twin)}</a>.</span>
      <button class="outlined" aria-describedby="both" @click=${() => this.#merge(card, twin)}>Merge the two</button>
      <span id="both" class="visually-hidden">${titleOf(card)} and ${titleOf(twin)}</span>
    </p>`
  }

  #pair(): [RecordState?, RecordState?] {
    const { records } = this.model
    const card = records.get(this.recordId)?.record
    const key = card && !isDeleted(card) ? urlKey(text(card.fields.url)) : null
    if (!card || key === null) return []
    // Most links are of other hosts, which is quicker to see than what makes two of one host the same.
    const host = hostOf(text(card.fields.url))
    for (const { record } of records.values())
      if (
        record.kind === 'card' &&
        record.id !== card.id &&
        !isDeleted(record) &&
        text(record.fields.url).toLowerCase().includes(host) &&
        urlKey(text(record.fields.url)) === key
      )
        return [card, record]
    return []
  }

  async #merge(card: RecordState, twin: RecordState): Promise<void> {
    const { stays, goes, fields } = joinCards(card, twin)
    const problem = problemOf(await this.model.edit(stays.id, stays.fields, fields))
    if (problem !== null) return this.model.notify('alert', `“${titleOf(stays)}” was not merged. ${problem}`)
    // Before this card, and with it this element, is gone from the page.
    if (this.recordId === goes.id) ask(this, { go: `/cards/${stays.id}` })
    // Its notice offers to take that back.
    await this.model.remove(goes.id)
  }
}

customElements.define('pawkit-same-link', SameLink)
