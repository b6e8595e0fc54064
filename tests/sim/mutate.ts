import { registerHooks } from 'node:module'
import { MUTANTS, type Mutant } from './mutants.ts'

/**
 * For `node --import`: changes the source of one module as it is loaded, by the name in PAWKIT_MUTANT. Types are
 * stripped after that, so a mutant is written in TypeScript.
 */
const name = process.env.PAWKIT_MUTANT ?? ''
const mutant: Mutant | undefined = (MUTANTS as Readonly<Record<string, Mutant>>)[name]
if (!mutant) throw new Error(`there is no mutant “${name}”`)
const { file, find, replace, also = [] } = mutant
const places = [{ file, find, replace }, ...also.map((place) => ({ file, ...place }))]

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const here = places.filter((place) => url.endsWith(`/${place.file}`))
    if (here.length === 0) return loaded
    let source = String(loaded.source)
    for (const place of here) {
      if (!source.includes(place.find))
        throw new Error(`the place of mutant “${name}” is not in ${place.file}: ${place.find}`)
      source = source.replace(place.find, () => place.replace)
    }
    return { ...loaded, source }
  },
})
