/**
 * What makes two links one, by the contract. Device and server must agree, so the rule is pinned by a table of
 * cases and carries a version; it never changes in place.
 */
export const URL_KEY_VERSION = 1

const DROPPED = /^(?:utm_.*|fbclid|gclid)$/i
const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/**
 * The key of an http(s) address, or null where it is none. Equal keys mean one link. By pattern and not by the
 * platform's URL class: core has none, and two engines' classes need not agree.
 */
export function urlKey(url: string): string | null {
  const match = /^(https?:)\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/is.exec(url.trim())
  if (!match) return null
  const scheme = (match[1] ?? '').toLowerCase()
  const authority = match[2] ?? ''
  const path = match[3] || '/'
  const fragment = match[5] ?? ''
  const at = authority.lastIndexOf('@') + 1
  const hostAndPort = authority.slice(at).toLowerCase()
  const port = /:(\d*)$/.exec(hostAndPort)
  const dropPort = port && (port[1] === '' || port[1] === DEFAULT_PORT[scheme])
  const host = dropPort ? hostAndPort.slice(0, port.index) : hostAndPort
  if (!host) return null
  const kept = (match[4] ?? '')
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !DROPPED.test(pair.split('=', 1)[0] ?? ''))
  const query = kept.length > 0 ? `?${kept.join('&')}` : ''
  return `${scheme}//${authority.slice(0, at)}${host}${path}${query}${/^#[/!]/.test(fragment) ? fragment : ''}`
}
