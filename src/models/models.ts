import type { ModelCost, ModelEvent, ModelRequest } from './rules.ts'

export type ModelInfo = {
  /** `provider/name`, as bots name it. */
  readonly id: string
  readonly provider: string
  /** True for the sandbox's: it answers from a script and is labelled so. */
  readonly sandbox: boolean
  /** How much prompt and answer fit together; null where nobody told. */
  readonly contextTokens: number | null
  readonly cost: ModelCost | null
}

export type Models = {
  /** The answer as it comes. Throws ProviderFailure; ends quietly when the request's signal fires. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>
  /** What the model costs the house now; undefined where nobody told. Another process learns of a change within two seconds. */
  cost(model: string): Promise<ModelCost | undefined>
  /** The model's figures, if a provider that is switched on offers it. */
  info(model: string): Promise<ModelInfo | undefined>
  /** All that bots may be built on, by name. */
  listed(): Promise<readonly ModelInfo[]>
}
