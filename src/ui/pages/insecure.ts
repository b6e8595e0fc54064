import { css, html, LitElement } from 'lit'
import { mark } from '../icons.ts'
import { base } from '../styles/base.ts'
import { lonePage } from '../styles/lone-page.ts'

/** Whether browsers allow here what Pawkit stands on: a service worker, and so work offline and in the background. */
export const canRunHere = (): boolean => window.isSecureContext && 'serviceWorker' in navigator

/** Mounted instead of the app where it could not work: says why and how to get https, and offers nothing else. */
export class InsecurePage extends LitElement {
  static override styles = [
    base,
    lonePage,
    css`
      h2 {
        margin: 24px 0 8px;
      }
      li {
        padding: 8px 0;
        border-top: 1px solid var(--line);
      }
      code {
        padding: 1px 5px;
        border-radius: 4px;
        background: color-mix(in oklab, var(--ink) 7%, transparent);
        overflow-wrap: anywhere;
      }
    `,
  ]

  override render() {
    const secure = window.isSecureContext
    return html`<main>
      ${mark()}
      <h1>${secure ? 'This browser cannot run Pawkit here' : 'This address is not secure'}</h1>
      ${
        secure
          ? html`<p>
              Pawkit needs a service worker, and this browser allows none here. A private window often does not; a normal
              window, or another browser, does.
            </p>`
          : html`<p>
                You opened <code>${location.origin}</code>. Over plain http from another machine, browsers allow no service
                worker, so Pawkit could neither work offline nor keep your things in sync. It needs https.
              </p>
              <h2>How to get https</h2>
              <ul role="list">
                <li><b>Tailscale.</b> <code>tailscale serve 3000</code> on the machine that runs Pawkit gives it an https address for your own devices.</li>
                <li><b>A domain and Caddy.</b> <code>caddy reverse-proxy --from pawkit.example.org --to :3000</code></li>
                <li><b>An Android phone on a cable.</b> <code>adb reverse tcp:3000 tcp:3000</code>, then open <code>http://localhost:3000</code> on the phone.</li>
              </ul>
              <p>Set <code>PAWKIT_ORIGIN</code> to the new address. The README has each step under “On your phone”.</p>`
      }
    </main>`
  }
}

customElements.define('pawkit-insecure', InsecurePage)
