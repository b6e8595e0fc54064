import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { FieldProblem } from '../../src/core/schema.ts'

/** The contract's error shape; `extra` stands beside `error` (the record that a conflict is with). */
export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details?: readonly FieldProblem[]
  }
  readonly [extra: string]: unknown
}

interface Options {
  readonly details?: readonly FieldProblem[]
  readonly extra?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that is answered with an error, as the contract names it. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: ContentfulStatusCode
  readonly code: string
  readonly details: readonly FieldProblem[] | undefined
  readonly extra: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ContentfulStatusCode, code: string, message: string, options: Options = {}) {
    super(message)
    this.status = status
    this.code = code
    this.details = options.details
    this.extra = options.extra ?? {}
    this.headers = options.headers ?? {}
  }

  get body(): ErrorBody {
    const { code, message, details } = this
    return { error: { code, message, ...(details && { details }) }, ...this.extra }
  }
}

export const notFound = (): Refusal => new Refusal(404, 'not_found', 'There is nothing at this address.')

/** A list of a million wrong tags needs no answer as long. */
export const MOST_DETAILS = 100

/** 422 with the contract's `details: [{field, problem}]`. */
export function invalid(details: readonly FieldProblem[], code = 'invalid'): Refusal {
  const [first] = details
  const words = first
    ? `${first.field === '' ? 'The request' : first.field}: ${first.problem}.`
    : 'The request is not valid.'
  return new Refusal(422, code, words, { details: details.slice(0, MOST_DETAILS) })
}
