import { css, html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { MergesLeft } from '../controllers/merges-left.ts'
import { PawkitElement } from '../element.ts'
import { icon } from '../icons.ts'
import type { Notice } from '../model.ts'
import { base } from '../styles/base.ts'
import { controls } from '../styles/controls.ts'

/** A notice that can be acted on stays longer than one that only tells; what failed stays until dismissed. */
const STAYS = { action: 14_000, plain: 7_000 } as const

/**
 * What has happened, in words. Nothing goes away under the pointer or the focus: the time runs only while
 * neither is here.
 */
export class Notices extends PawkitElement {
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()
  #held = false

  static override styles = [
    base,
    controls,
    css`
      :host {
        position: fixed;
        z-index: 10;
        inset: auto 0 calc(16px + var(--above, 0px));
        display: grid;
        justify-items: center;
        gap: 8px;
        padding: 0 12px;
        pointer-events: none;
      }
      [role='status'] {
        display: grid;
        justify-items: center;
        gap: 8px;
        max-width: 100%;
      }
      .notice {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: 4px;
        max-width: min(560px, 100%);
        padding: 4px 4px 4px 16px;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      @media (max-width: 699px) {
        [role='status'],
        .notice {
          width: 100%;
        }
      }
      .notice p {
        flex: 1;
        padding: 8px 8px 8px 0;
        overflow-wrap: anywhere;
        line-height: 1.35;
      }
      .notice .action {
        color: var(--accent);
      }
      .failed > .icon {
        color: var(--bad);
        margin-inline-end: 6px;
      }
      @media (prefers-reduced-motion: no-preference) {
        .notice {
          animation: rise 160ms ease-out;
        }
        @keyframes rise {
          from {
            opacity: 0;
            transform: translateY(8px);
          }
        }
      }
    `,
  ]

  constructor() {
    super()
    this.watch('notices', 'update')
    new MergesLeft(this)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('pointerover', this.#hold)
    this.addEventListener('focusin', this.#hold)
    this.addEventListener('pointerleave', this.#release)
    this.addEventListener('focusout', this.#release)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#stop()
  }

  override updated(): void {
    if (this.#held && this.model.notices.length === 0) this.#held = false
    if (!this.#held) this.#run()
  }

  override render() {
    const { notices, updateWaiting } = this.model
    const told = notices.filter((notice) => notice.kind === 'status')
    return html`${repeat(
      notices.filter((notice) => notice.kind === 'alert'),
      (notice) => notice.id,
      (notice) => html`<div class="notice failed" role="alert">${icon('alert')}${this.#body(notice)}</div>`,
    )}
      <div role="status">
        ${repeat(
          told,
          (notice) => notice.id,
          (notice) => html`<div class="notice">${this.#body(notice)}</div>`,
        )}
        ${updateWaiting ? this.#update() : nothing}
      </div>`
  }

  #body(notice: Notice) {
    const { action } = notice
    return html`<p>${notice.text}</p>
      ${
        action
          ? html`<button class="action" aria-description=${notice.text} @click=${() => this.#act(notice)}>${action.label}</button>`
          : nothing
      }
      <button class="bare" aria-label="Dismiss" aria-description=${notice.text} title="Dismiss" @click=${() => this.#dismiss(notice)}>
        ${icon('close')}
      </button>`
  }

  #update() {
    const words = 'A new version of Pawkit is here. What you typed is kept.'
    return html`<div class="notice">
      <p>${words}</p>
      <button class="action" @click=${() => this.model.reload()}>Reload</button>
      <button class="bare" aria-label="Dismiss" aria-description=${words} title="Dismiss" @click=${this.#hideUpdate}>
        ${icon('close')}
      </button>
    </div>`
  }

  readonly #hideUpdate = (): void => {
    this.#leave()
    this.model.hideUpdate()
  }

  #dismiss(notice: Notice): void {
    this.#leave()
    this.model.dismiss(notice.id)
  }

  /** What has the focus is about to go: the shell knows where to go on. */
  #leave(): void {
    if (this.matches(':focus-within')) this.dispatchEvent(new CustomEvent('leaving'))
  }

  #act(notice: Notice): void {
    this.#leave()
    notice.action?.run()
    this.model.dismiss(notice.id)
  }

  #run(): void {
    const { notices } = this.model
    for (const [id, timer] of this.#timers) {
      if (notices.some((notice) => notice.id === id)) continue
      clearTimeout(timer)
      this.#timers.delete(id)
    }
    for (const { id, kind, action } of notices) {
      if (kind === 'alert' || this.#timers.has(id)) continue
      const stays = action ? STAYS.action : STAYS.plain
      this.#timers.set(
        id,
        setTimeout(() => this.model.dismiss(id), stays),
      )
    }
  }

  #stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  readonly #hold = (): void => {
    this.#held = true
    this.#stop()
  }

  readonly #release = (): void => {
    // Leaving with the pointer while the focus is still inside, or the other way round, is not leaving.
    if (this.matches(':hover') || this.matches(':focus-within')) return
    this.#held = false
    this.#run()
  }
}

customElements.define('pawkit-notices', Notices)
