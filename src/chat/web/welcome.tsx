import { Trans } from '@lingui/react/macro'
import { getBot } from '#bots/contract'
import type { BotName } from '#chat/contract'
import { BotMark, Button, EmptyState, LinkButton, Markdown, Notice, places, PricePerThousand, useRead } from '#ui'

type WelcomeProps = {
  readonly bots: readonly BotName[]
  /** Handles that were asked for and are not here. */
  readonly missing: readonly string[]
  readonly onSuggestion: (text: string) => void
}

/** What stands where messages will: who answers, what they say of themselves, and how to begin. */
export function Welcome({ bots, missing, onSuggestion }: WelcomeProps) {
  const [only] = bots
  return (
    <div className="mx-auto flex min-h-full w-full max-w-180 flex-col justify-end gap-6 px-4 pt-8 pb-6 md:px-8">
      {missing.length > 0 && (
        <Notice>
          <Trans>Not here, or not shared with you: {missing.map((handle) => `@${handle}`).join(', ')}</Trans>
        </Notice>
      )}
      {bots.length === 0 && <Nobody />}
      {only && bots.length === 1 && <BotSpeaks bot={only} onSuggestion={onSuggestion} />}
      {bots.length > 1 && (
        <p className="text-soft">
          <Trans>All of them answer each message, side by side. Write @ and a name to ask one alone.</Trans>
        </p>
      )}
    </div>
  )
}

function Nobody() {
  return (
    <EmptyState
      title={<Trans>Whom do you want to ask?</Trans>}
      action={
        <LinkButton to={places.home} kind="accent">
          <Trans>Look at the bots</Trans>
        </LinkButton>
      }
    >
      <Trans>Write @ and a name below, or choose one from the catalogue. You see the price before you send.</Trans>
    </EmptyState>
  )
}

type SpeaksProps = { readonly bot: BotName; readonly onSuggestion: (text: string) => void }

function BotSpeaks({ bot, onSuggestion }: SpeaksProps) {
  const page = useRead(getBot, { params: { handle: bot.handle }, query: {} })
  if (page.state !== 'ready') return null
  const { greeting, suggestions } = page.value
  const { tagline, usdPerThousand } = page.value.bot
  return (
    <>
      <header className="flex flex-col items-start gap-3">
        <BotMark handle={bot.handle} size={64} />
        <div>
          <h2 className="text-24 font-semibold">{bot.name}</h2>
          <p className="text-soft">{tagline}</p>
          <p className="mt-1 text-13">
            <PricePerThousand micro={usdPerThousand} />
          </p>
        </div>
      </header>
      {greeting !== '' && <Markdown text={greeting} />}
      {suggestions.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {suggestions.map((text) => (
            <li key={text}>
              <Button onClick={() => onSuggestion(text)} className="h-auto! py-1.5 text-left whitespace-normal!">
                {text}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
