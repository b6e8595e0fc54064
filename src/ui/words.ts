import { hostOf, list, type RecordState, text, titleOf } from '../core/records.ts'

/** The page speaks English; dates follow the person's English where they have one. */
const locale = navigator.languages.find((language) => language.startsWith('en')) ?? 'en-GB'
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short' })
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' })
const dayOfYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' })
const month = new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric' })
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' })

const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0)

/** As short as a list needs it: a clock time today, then a weekday, a day, a month. */
export function shortTime(at: number, now: number = Date.now()): string {
  if (at <= 0) return ''
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000)
  if (days <= 0) return clock.format(at)
  if (days === 1) return 'Yesterday'
  if (days < 7) return weekday.format(at)
  return days < 300 ? day.format(at) : month.format(at)
}

export const clockTime = (at: number): string => clock.format(at)
/** As `14:02` today, `3 May, 14:02` on another day, with the year in another year. */
export function momentOf(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)]
  if (midnight(at) === midnight(now)) return clock.format(at)
  const date = then.getFullYear() === today.getFullYear() ? day : dayOfYear
  return `${date.format(at)}, ${clock.format(at)}`
}

export const fullTime = (at: number): string => (at > 0 ? full.format(at) : '')

export const number = (many: number): string => many.toLocaleString(locale)

export const count = (many: number, one: string, more = `${one}s`): string =>
  `${number(many)} ${many === 1 ? one : more}`

/** A size as people say it: "1.2 MB". */
export function bytes(many: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let [value, unit] = [many, 0]
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1]
  const digits = unit > 0 && value < 10 ? 1 : 0
  return `${value.toLocaleString(locale, { maximumFractionDigits: digits })} ${units[unit]}`
}

/** How long ago, roughly: "just now", "3 minutes ago". */
export function ago(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${count(minutes, 'minute')} ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${count(hours, 'hour')} ago` : `${count(Math.floor(hours / 24), 'day')} ago`
}

/** The line under a title: where a card leads, how a note begins. */
export function gist(record: RecordState): string {
  const { fields } = record
  if (record.kind === 'card') {
    const host = hostOf(text(fields.url))
    return host === titleOf(record) ? text(fields.description).trim().slice(0, 120) : host
  }
  return text(fields.content)
    .slice(0, 240)
    .replace(/[#>*_`~\s]+/g, ' ')
    .trim()
    .slice(0, 120)
}

/** What searching compares: small letters without accents, so that `cafe` finds `Café`. */
export const fold = (words: string): string =>
  words
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()

/** Tags as typed: between commas, without the spaces and signs around them, each once. */
export function splitTags(typed: string): string[] {
  const tags = typed.split(/[,\n]/).map((tag) => tag.trim().replace(/^#+/, '').trim())
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

export const tagsOf = (record: RecordState): readonly string[] => list(record.fields.tags)
