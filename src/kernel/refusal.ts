/**
 * An expected "no": a value, never thrown. `refused` is a code from the closed list of the operation that
 * answers it; `detail` says in plain words what to do about it. A fault (a bug, an outage) is thrown instead.
 */
export type Refusal<Code extends string = string> = {
  readonly refused: Code
  readonly detail: string
}

export function refuse<const Code extends string>(code: Code, detail: string): Refusal<Code> {
  return { refused: code, detail }
}

/** Narrows an answer to its refusals: `if (isRefusal(answer)) return answer`. */
export function isRefusal<Answer>(answer: Answer): answer is Extract<Answer, Refusal> {
  return typeof answer === 'object' && answer !== null && 'refused' in answer
}
