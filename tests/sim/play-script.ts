import { SCRIPTS } from './scripts.ts'

/** One scripted world in a process of its own, as its only argument names it; told like a run of a seed. */
const script = SCRIPTS[process.argv[2] as keyof typeof SCRIPTS]
try {
  await script()
  process.stdout.write('clean\n')
} catch (error) {
  // A script may also stumble over what a checker has just found.
  process.stdout.write(`FAILED ${error instanceof Error ? error.message : String(error)}\n`)
}
