import { run } from './run.ts'
import { keep, type Schedule } from './steps.ts'

/**
 * The places of a schedule's steps without which it does not fail as it did: delta debugging (Zeller, Hildebrandt
 * 2002), by halves down to single steps.
 * @param checker the checker that found fault with the whole schedule
 * @param budget ms that it may take; what is left by then is handed back as it is
 */
export async function shrink(schedule: Schedule, checker: string, budget: number): Promise<number[]> {
  const end = performance.now() + budget
  let places = schedule.steps.map((_, place) => place)
  const fails = async (some: readonly number[]): Promise<boolean> =>
    (await run(keep(schedule, some))).violation?.checker === checker
  let parts = 2
  while (places.length > 1 && performance.now() < end) {
    const size = Math.ceil(places.length / parts)
    let shorter: number[] | null = null
    for (let from = 0; from < places.length && !shorter && performance.now() < end; from += size) {
      const rest = [...places.slice(0, from), ...places.slice(from + size)]
      if (await fails(rest)) shorter = rest
    }
    if (shorter) {
      places = shorter
      parts = Math.max(2, parts - 1)
    } else if (size === 1) break
    else parts = Math.min(places.length, parts * 2)
  }
  return places
}
