/** A provider whose address is public, so that a key is all one needs. */
export type WellKnown = {
  readonly slug: string
  readonly name: string
  readonly baseUrl: string
  /** What its keys begin with, where that tells them apart from others'. */
  readonly keyPrefix: string | null
  /** Where a key is made. */
  readonly keyPage: string | null
}

/** Endpoints that speak OpenAI's chat completions, by their makers' documentation. */
export const wellKnown: readonly WellKnown[] = [
  {
    slug: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    keyPrefix: 'sk-',
    keyPage: 'https://platform.openai.com/api-keys',
  },
  {
    slug: 'anthropic',
    name: 'Anthropic',
    baseUrl: 'https://api.anthropic.com/v1',
    keyPrefix: 'sk-ant-',
    keyPage: 'https://console.anthropic.com/settings/keys',
  },
  {
    slug: 'gemini',
    name: 'Google Gemini',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    keyPrefix: 'AIza',
    keyPage: 'https://aistudio.google.com/apikey',
  },
  {
    slug: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyPrefix: 'sk-or-',
    keyPage: 'https://openrouter.ai/settings/keys',
  },
  {
    slug: 'mistral',
    name: 'Mistral',
    baseUrl: 'https://api.mistral.ai/v1',
    keyPrefix: null,
    keyPage: 'https://console.mistral.ai/api-keys',
  },
  {
    slug: 'deepseek',
    name: 'DeepSeek',
    baseUrl: 'https://api.deepseek.com/v1',
    keyPrefix: null,
    keyPage: 'https://platform.deepseek.com/api_keys',
  },
  {
    slug: 'groq',
    name: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyPrefix: 'gsk_',
    keyPage: 'https://console.groq.com/keys',
  },
  {
    slug: 'xai',
    name: 'xAI',
    baseUrl: 'https://api.x.ai/v1',
    keyPrefix: 'xai-',
    keyPage: 'https://console.x.ai',
  },
  {
    slug: 'together',
    name: 'Together',
    baseUrl: 'https://api.together.xyz/v1',
    keyPrefix: null,
    keyPage: 'https://api.together.xyz/settings/api-keys',
  },
]

export type Engine = { readonly slug: string; readonly name: string; readonly baseUrl: string }

/** Engines that serve models from this machine, on the port each has unless told otherwise. They ask for no key. */
export const usualEngines: readonly Engine[] = [
  { slug: 'ollama', name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { slug: 'llamacpp', name: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1' },
  { slug: 'vllm', name: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  { slug: 'lmstudio', name: 'LM Studio', baseUrl: 'http://127.0.0.1:1234/v1' },
]

/** Whose cost list a provider goes by: the maker its address belongs to, else its own short name. */
export function makerOf(provider: { readonly slug: string; readonly baseUrl: string }): string {
  const known = [...wellKnown, ...usualEngines].find(({ baseUrl }) => baseUrl === provider.baseUrl)
  return known?.slug ?? provider.slug
}
