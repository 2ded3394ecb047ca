import { Trans, useLingui } from '@lingui/react/macro'
import { useDeferredValue } from 'react'
import { languages, listShelves, searchBots, sorts, type Sort } from '#bots/contract'
import {
  cx,
  EmptyState,
  LinkButton,
  Page,
  places,
  Read,
  ReadMore,
  SearchInput,
  Select,
  useGo,
  useRead,
  useReadPages,
  useSearchText,
  useViewer,
  Button,
} from '#ui'
import { BotCard, BotCardSkeleton } from './bot-card.tsx'
import { languageName } from './language.ts'
import { Welcome } from './welcome.tsx'

const grid = 'grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-3'

/** Everything that is public: the home of the house. */
export function CataloguePage() {
  const viewer = useViewer()
  return (
    <>
      {!viewer && <Welcome />}
      <Catalogue />
    </>
  )
}

function Catalogue() {
  const { t } = useLingui()
  const viewer = useViewer()
  const [typed, setTyped] = useSearchText('q')
  const [tag, setTag] = useSearchText('tag')
  const [language, setLanguage] = useSearchText('language')
  const [sort, setSort] = useSearchText('sort')
  const asked = askedBy({ q: useDeferredValue(typed.trim()), tag, language, sort })
  const pages = useReadPages(searchBots, (cursor) => ({ query: { ...asked, ...(cursor ? { cursor } : {}) } }), {
    next: (page) => page.next,
    items: (page) => page.items,
    keep: true,
  })
  return (
    <Page
      title={t`Bots`}
      hint={<Trans>Every price is on its tag, and the whole of it is shown before you send.</Trans>}
      width="wide"
      actions={
        viewer && (
          <LinkButton to={places.newBot}>
            <Trans>Make a bot</Trans>
          </LinkButton>
        )
      }
    >
      <div className="mb-3 flex flex-wrap gap-2">
        <SearchInput
          label={t`What do you need?`}
          value={typed}
          maxLength={200}
          onChange={(event) => setTyped(event.target.value)}
          className="min-w-56 flex-1 basis-full sm:basis-0"
        />
        <Languages chosen={language} onChoose={setLanguage} />
        <Sorts chosen={sort} searching={typed.trim() !== ''} onChoose={setSort} />
      </div>
      <Tags chosen={tag} onChoose={setTag} />
      <Read of={pages.of} loading={<Loading />}>
        {(bots) =>
          bots.length === 0 ? (
            <NoBots />
          ) : (
            <>
              <ul className={grid}>
                {bots.map((bot) => (
                  <li key={bot.id}>
                    <BotCard bot={bot} />
                  </li>
                ))}
              </ul>
              <ReadMore of={pages} />
            </>
          )
        }
      </Read>
    </Page>
  )
}

function NoBots() {
  const go = useGo()
  return (
    <EmptyState
      title={<Trans>No bot answers to that yet</Trans>}
      action={
        <>
          <Button onClick={() => go(places.home, 'replace')}>
            <Trans>Show all bots</Trans>
          </Button>
          <LinkButton to={places.newBot}>
            <Trans>Make a bot</Trans>
          </LinkButton>
        </>
      }
    >
      <Trans>Try another word or fewer filters. Or make the bot that is missing.</Trans>
    </EmptyState>
  )
}

type Wanted = { readonly q: string; readonly tag: string; readonly language: string; readonly sort: string }

/** The query of the address as the contract has it; what an address has wrong is left out. */
function askedBy({ q, tag, language, sort }: Wanted) {
  const known = languages.find((each) => each === language)
  return {
    sort: sorts.find((each) => each === sort) ?? ('match' as Sort),
    limit: 24,
    ...(q ? { q } : {}),
    ...(tag ? { tag } : {}),
    ...(known ? { language: known } : {}),
  }
}

function Loading() {
  return (
    <div className={grid}>
      {Array.from({ length: 9 }, (_, at) => (
        <BotCardSkeleton key={at} />
      ))}
    </div>
  )
}

type ChoiceProps = { readonly chosen: string; readonly onChoose: (value: string) => void }

const tagsShown = 12

/** The tags that most bots have; pressing the chosen one takes the filter off. */
function Tags({ chosen, onChoose }: ChoiceProps) {
  const { t } = useLingui()
  const shelves = useRead(listShelves, {})
  if (shelves.state !== 'ready') return <div className="mb-6 h-8" />
  const tags = shelves.value.tags.slice(0, tagsShown).map(({ tag }) => tag)
  const shown = chosen === '' || tags.includes(chosen) ? tags : [chosen, ...tags]
  return (
    <div
      role="group"
      aria-label={t`Tags`}
      className="-mx-4 mb-6 flex gap-1.5 overflow-x-auto px-4 pb-1 md:mx-0 md:flex-wrap md:px-0"
    >
      {shown.map((tag) => (
        <button
          key={tag}
          type="button"
          aria-pressed={tag === chosen}
          onClick={() => onChoose(tag === chosen ? '' : tag)}
          className={cx(
            'h-7 shrink-0 rounded-full border px-3 text-13 transition-colors pointer-coarse:h-9',
            tag === chosen
              ? 'border-accent bg-accent-wash font-medium text-accent'
              : 'border-hair text-soft hover:border-dots hover:text-ink',
          )}
        >
          {tag}
        </button>
      ))}
    </div>
  )
}

function Languages({ chosen, onChoose }: ChoiceProps) {
  const { t } = useLingui()
  const shelves = useRead(listShelves, {})
  const spoken = shelves.state === 'ready' ? shelves.value.languages.map(({ language }) => language) : []
  const options = languages
    .filter((language) => language !== 'mul' && (spoken.includes(language) || language === chosen))
    .map((language) => ({ value: language, label: languageName(language) }))
  return (
    <div className="flex-1 sm:w-44 sm:flex-none">
      <Select
        aria-label={t`Language`}
        value={chosen}
        onChange={(event) => onChoose(event.target.value)}
        options={[{ value: '', label: t`Any language` }, ...options]}
      />
    </div>
  )
}

function Sorts({ chosen, searching, onChoose }: ChoiceProps & { readonly searching: boolean }) {
  const { t } = useLingui()
  const options = [
    { value: '', label: searching ? t`Best match` : t`Most used` },
    ...(searching ? [{ value: 'use', label: t`Most used` }] : []),
    { value: 'new', label: t`Newest` },
    { value: 'cheap', label: t`Cheapest first` },
    { value: 'dear', label: t`Dearest first` },
  ]
  return (
    <div className="flex-1 sm:w-44 sm:flex-none">
      <Select
        aria-label={t`Order`}
        value={chosen}
        onChange={(event) => onChoose(event.target.value)}
        options={options}
      />
    </div>
  )
}
