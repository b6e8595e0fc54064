import { registerHooks } from 'node:module'
import { MUTANTS, type Mutant } from './mutants.ts'

/**
 * For `node --import`: changes the source of one module as it is loaded, by the name in PAWKIT_MUTANT. Types are
 * stripped after that, so a mutant is written in TypeScript.
 */
const name = process.env.PAWKIT_MUTANT ?? ''
const mutant: Mutant | undefined = (MUTANTS as Readonly<Record<string, Mutant>>)[name]
if (!mutant) throw new Error(`there is no mutant “${name}”`)
const { file, also = [], ...first } = mutant

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith(`/${file}`)) return loaded
    let source = String(loaded.source)
    for (const { find, replace } of [first, ...also]) {
      if (!source.includes(find)) throw new Error(`the place of mutant “${name}” is not in ${file}: ${find}`)
      source = source.replace(find, () => replace)
    }
    return { ...loaded, source }
  },
})
