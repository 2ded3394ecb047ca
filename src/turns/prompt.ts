import { ProviderFailure, type ModelRequest, type Models } from '#models'
import { BotFailure, type BotEvent, type BotRuntime, type RuntimeCall } from './ports.ts'

/** A bot that is a prompt upon a model. */
export function createPromptRuntime(models: Pick<Models, 'stream'>): BotRuntime {
  return { kind: 'prompt', run: (call) => answer(models, requestOf(call)) }
}

function requestOf({ bot, history, user, signal }: RuntimeCall): ModelRequest {
  if (bot.model === null)
    throw new BotFailure('failed', 'This bot has no model. Its creator can choose one in the studio.')
  const system = bot.systemPrompt === '' ? [] : [{ role: 'system' as const, content: bot.systemPrompt }]
  return {
    model: bot.model,
    messages: [...system, ...history],
    maxOutputTokens: bot.maxOutputTokens,
    ...(bot.temperature === null ? {} : { temperature: bot.temperature }),
    user,
    signal,
  }
}

async function* answer({ stream }: Pick<Models, 'stream'>, request: ModelRequest): AsyncGenerator<BotEvent> {
  try {
    yield* stream(request)
  } catch (failure) {
    if (!(failure instanceof ProviderFailure)) throw failure
    const kind = failure.kind === 'refused' ? 'refused' : failure.kind === 'timeout' ? 'timed_out' : 'failed'
    throw new BotFailure(kind, failure.words, { cause: failure })
  }
}
