import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Hammer, MessageSquare } from 'lucide-react'
import { getBot, type Price } from '#bots/contract'
import {
  BotMark,
  Day,
  Dollars,
  LinkButton,
  Page,
  places,
  Read,
  Rule,
  Section,
  Skeleton,
  Tag,
  useAddress,
  useRead,
  useViewer,
  Link,
  type ScreenProps,
} from '#ui'
import { languageName } from './language.ts'
import { Maker } from './bot-card.tsx'
import { PriceSlip } from './price-slip.tsx'
import { VisibilityTag } from './visibility.tsx'

/** What one may know of a bot before talking to it: what it does, whose it is, what it costs. */
export function BotPage({ params }: ScreenProps<'/b/$handle'>) {
  const { t } = useLingui()
  const { search } = useAddress()
  const link = search.get('link') ?? undefined
  const read = useRead(getBot, { params: { handle: params.handle }, query: link === undefined ? {} : { link } })
  return (
    <Read
      of={read}
      loading={<Loading />}
      around={(said) => (
        <Page title={`@${params.handle}`} back={{ to: places.home, label: t`All bots` }}>
          {said}
        </Page>
      )}
    >
      {(shown) => <Shown page={shown} link={link} />}
    </Read>
  )
}

type Bot = Extract<ReturnType<typeof useRead<typeof getBot>>, { state: 'ready' }>['value']

function Shown({ page, link }: { readonly page: Bot; readonly link: string | undefined }) {
  const { t } = useLingui()
  const viewer = useViewer()
  const { bot } = page
  // Who was invited by a link keeps the invitation while they become somebody.
  const talk =
    viewer || link === undefined ? places.newChat([bot.handle]) : places.signUp(places.sharedBot(bot.handle, link))
  return (
    <Page
      title={bot.name}
      width="wide"
      back={{ to: places.home, label: t`All bots` }}
      hint={bot.tagline}
      actions={
        <>
          {page.mine && (
            <LinkButton size="l" icon={Hammer} to={places.studioBot(bot.id)}>
              <Trans>Change it</Trans>
            </LinkButton>
          )}
          <LinkButton kind="accent" size="l" icon={MessageSquare} to={talk}>
            <Trans>Talk to it</Trans>
          </LinkButton>
        </>
      }
    >
      <div className="grid items-start gap-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="flex min-w-0 flex-col gap-8 max-lg:order-2">
          <Identity page={page} />
          {page.description !== '' && <p className="max-w-160 whitespace-pre-line text-pretty">{page.description}</p>}
          {page.greeting !== '' && <Greeting handle={bot.handle} text={page.greeting} />}
          {page.suggestions.length > 0 && <Suggestions texts={page.suggestions} />}
          {page.prices.length > 1 && <Prices prices={page.prices} />}
        </div>
        <aside className="flex flex-col gap-6 max-lg:order-1">
          <PriceSlip bot={bot} />
        </aside>
      </div>
    </Page>
  )
}

function Identity({ page: { bot, version, updatedAt } }: { readonly page: Bot }) {
  return (
    <div className="flex items-center gap-5">
      <BotMark handle={bot.handle} size={64} />
      <div className="flex min-w-0 flex-col gap-1.5 text-13">
        <p>
          <span className="font-mono">@{bot.handle}</span>{' '}
          <span className="text-soft">
            <Maker bot={bot} />
          </span>
        </p>
        <p className="flex flex-wrap gap-1.5">
          {bot.visibility !== 'public' && <VisibilityTag visibility={bot.visibility} />}
          {bot.language !== 'mul' && <Tag>{languageName(bot.language)}</Tag>}
          {bot.tags.map((tag) => (
            <Link key={tag} to={`/?tag=${encodeURIComponent(tag)}`} className="inline-flex">
              <Tag>{tag}</Tag>
            </Link>
          ))}
        </p>
        <p className="text-faint">
          <Trans>
            Version {version}, <Day at={updatedAt} />
          </Trans>
          {bot.uses > 0n && (
            <>
              {' · '}
              <Plural value={Number(bot.uses)} one="# answer" other="# answers" />
            </>
          )}
        </p>
      </div>
    </div>
  )
}

/** How it opens a conversation. */
function Greeting({ handle, text }: { readonly handle: string; readonly text: string }) {
  return (
    <div className="flex max-w-160 items-start gap-3">
      <BotMark handle={handle} size={24} className="mt-2" />
      <p className="min-w-0 rounded-card rounded-tl-[4px] border border-hair bg-paper px-4 py-2.5 whitespace-pre-line">
        {text}
      </p>
    </div>
  )
}

function Suggestions({ texts }: { readonly texts: readonly string[] }) {
  return (
    <Section title={<Trans>Ask it, for instance</Trans>}>
      <ul className="flex max-w-160 flex-col divide-y divide-hair border-y border-hair">
        {texts.map((text) => (
          <li key={text} className="py-2.5 text-soft">
            “{text}”
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** What it cost when: nobody should wonder whether a price was always so. */
function Prices({ prices }: { readonly prices: readonly Price[] }) {
  return (
    <Section title={<Trans>Its prices so far</Trans>} hint={<Trans>The creator’s part, for 1,000 messages</Trans>}>
      <ol className="max-w-104 text-13">
        {prices.map(({ version, usdPerThousand, at }, place) => (
          <li key={version} className="flex items-baseline gap-2 py-1">
            <Day at={at} className={place === 0 ? '' : 'text-faint'} />
            <span className="leader" aria-hidden />
            <Dollars micro={usdPerThousand} className={place === 0 ? '' : 'text-faint'} />
          </li>
        ))}
      </ol>
    </Section>
  )
}

function Loading() {
  return (
    <div className="mx-auto w-full max-w-280 px-4 pt-10 md:px-8">
      <Skeleton className="mb-3 h-5 w-24" />
      <Skeleton className="mb-2 h-8 w-64" />
      <Skeleton className="mb-8 h-6 w-96 max-w-full" />
      <Rule />
      <Skeleton className="mt-8 h-48 w-full" />
    </div>
  )
}
