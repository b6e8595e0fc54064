import { css, html, LitElement } from 'lit'

/** What stands in place of the app when the library on this device cannot be opened: never a blank page. */
export class PawkitTrouble extends LitElement {
  static override properties = { reason: {} }
  declare reason: string

  static override styles = [
    css`
      :host { display: block; max-width: 34rem; margin: 15vh auto; padding: 0 24px; color: var(--ink); line-height: 1.45 }
      h1 { font-size: 26px; line-height: 1.25; font-weight: 650 }
      button { font: inherit; padding: 12px 20px; border: 0; border-radius: 8px; background: var(--accent); color: var(--on-accent) }
    `,
  ]

  override render() {
    return html`<main role="alert">
      <h1>Your library did not open</h1>
      <p>${this.reason}</p>
      <p>Nothing was removed. Close other tabs with Pawkit, then try again.</p>
      <button type="button" @click=${() => location.reload()}>Reload</button>
    </main>`
  }
}
customElements.define('pawkit-trouble', PawkitTrouble)

declare global {
  interface HTMLElementTagNameMap {
    'pawkit-trouble': PawkitTrouble
  }
}
