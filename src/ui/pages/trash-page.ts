import { css, html } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { titleOf } from '../../core/records.ts'
import { entryStyles, tile } from '../components/entry.ts'
import { pageHead } from '../components/page-head.ts'
import { resolveButton } from '../components/resolve-button.ts'
import { stateMark, stateStyles } from '../components/state-mark.ts'
import type { Layout } from '../controllers/layout-controller.ts'
import { PawkitElement } from '../element.ts'
import { focusIsLost } from '../floating.ts'
import { icon } from '../icons.ts'
import { changedAt, deletedOnes } from '../library.ts'
import type { RecordView } from '../model.ts'
import { tellProblem } from '../outcome.ts'
import { ask } from '../requests.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'
import { plainPage } from '../styles/plain-page.ts'
import { trashWords } from '../trash-words.ts'
import { showVersions } from '../version-button.ts'
import { fullTime, shortTime } from '../words.ts'

const KIND_WORDS: Readonly<Record<string, string>> = { card: 'Card', note: 'Note', collection: 'Collection' }

/** What was deleted and can come back. */
export class TrashPage extends PawkitElement {
  static override properties = { ...PawkitElement.properties, layout: {} }
  declare layout: Layout
  /** Where in the list the person has last worked: the focus goes on there when the row is gone. */
  #at = 0

  static override styles = [
    base,
    controls,
    stateStyles,
    entryStyles,
    plainPage,
    css`
      .entry {
        grid-template: 'tile title marks actions' auto 'tile second marks actions' auto / 36px minmax(0, 1fr) auto auto;
        padding: 0;
      }
      .entry .title {
        grid-area: title;
      }
      .actions {
        grid-area: actions;
        align-self: center;
        display: flex;
        gap: 2px;
      }
      .actions button {
        font-size: var(--text-13);
      }
      li + li {
        border-top: 1px solid var(--line);
        border-radius: 0;
      }
      @media (max-width: 699px) {
        .entry {
          grid-template: 'tile title marks' auto 'tile second marks' auto 'actions actions actions' auto / 36px minmax(0, 1fr) auto;
          height: auto;
          padding-block: 10px 2px;
          contain-intrinsic-size: auto 100px;
        }
        .actions {
          flex-wrap: wrap;
          justify-content: flex-end;
        }
      }
    `,
  ]

  constructor() {
    super()
    this.watch('records', 'summary')
  }

  /** On the row that has come up, or on the heading. */
  override focus(options?: FocusOptions): void {
    const rows = this.renderRoot.querySelectorAll<HTMLElement>('.actions > :first-child')
    const row = rows[Math.min(this.#at, rows.length - 1)]
    const target = row ?? this.renderRoot.querySelector<HTMLElement>('.headline')
    target?.focus(options)
  }

  override render() {
    const gone = deletedOnes(this.model.records)
    return html`<article>
      ${pageHead('Trash', this.layout)}
      <p class="lead">${trashWords(gone.length, this.model.summary.account !== null)}</p>
      <ul role="list" aria-label="Deleted records">
        ${repeat(
          gone,
          (view) => view.record.id,
          (view, at) => this.#entry(view, at),
        )}
      </ul>
    </article>`
  }

  #entry(view: RecordView, row: number) {
    const { record } = view
    const title = titleOf(record)
    const at = changedAt(record)
    const label = `title-${record.id}`
    return html`<li class="entry"><span class="title" id=${label} dir="auto">${title}</span>${tile(view)}
      <span class="second"><span>${KIND_WORDS[record.kind] ?? ''}</span><time title=${fullTime(at)}>deleted ${shortTime(at)}</time></span>
      <span class="marks">${stateMark(view)}</span>
      <span class="actions">
        ${resolveButton(view, 'Resolve')}
        <button aria-describedby=${label} @click=${() => this.#restore(record.id, title, row)}>${icon('restore')}Restore</button>
        <button class="bare" aria-label="Version history" title="Version history" aria-describedby=${label} @click=${() => this.#versions(record.id, row)}>${icon('history')}</button>
        <button class="danger" aria-describedby=${label} @click=${() => this.#purge(record.id, row)}>
          Delete for good
        </button>
      </span>
    </li>`
  }

  async #restore(id: string, title: string, row: number): Promise<void> {
    this.#at = row
    await tellProblem(this.model, title, this.model.restore(id))
    await this.updateComplete
    if (focusIsLost()) this.focus()
  }

  #versions(id: string, row: number): void {
    this.#at = row
    void showVersions(this, id)
  }

  #purge(id: string, row: number): void {
    this.#at = row
    ask(this, { open: { is: 'purge', id } })
  }
}

customElements.define('pawkit-trash-page', TrashPage)
