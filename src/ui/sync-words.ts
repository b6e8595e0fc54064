import { sentence, whyText } from '../core/failure.ts'
import type { Told } from '../core/messages.ts'

/** What the worker has to tell, as a notice. */
export function noticeOf(told: Told): { readonly kind: 'status' | 'alert'; readonly text: string } {
  switch (told.is) {
    case 'returned':
      return {
        kind: 'status',
        text: `“${told.title}” was deleted on one device and edited on another. The edit was kept, so it is back.`,
      }
    case 'conflict':
      return {
        kind: 'status',
        text: `“${told.title}” was changed in two places. Both versions are kept; Resolve conflict lets you choose.`,
      }
    case 'overruled':
      return {
        kind: 'status',
        text: `“${told.title}” was changed by somebody else too, and their change was taken. Yours is in its version history.`,
      }
    case 'refused': {
      const { title, more, message } = told
      const text =
        more === 0
          ? `“${title}” is saved on this device, but the server refused it: ${sentence(message)} Change it, and it is sent again.`
          : `“${title}” and ${more === 1 ? '1 other change' : `${more} other changes`} are saved on this device, but the server refused them: ${sentence(message)} Failed changes lists them all.`
      return { kind: 'alert', text }
    }
    case 'outage': {
      const changes = told.waiting === 1 ? '1 change waits' : `${told.waiting} changes wait`
      const text = `${whyText(told.why)} ${changes}, saved on this device; Pawkit tries again by itself.`
      return { kind: 'alert', text }
    }
  }
}
