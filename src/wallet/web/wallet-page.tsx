import { Trans, useLingui } from '@lingui/react/macro'
import { CreditCard } from 'lucide-react'
import { getWallet, type WalletView } from '#wallet/contract'
import {
  Ago,
  Link,
  LinkButton,
  Notice,
  Page,
  places,
  Points,
  Read,
  Receipt,
  ReceiptLine,
  ReceiptNote,
  ReceiptRule,
  Section,
  Skeleton,
  useFormat,
  useRead,
} from '#ui'
import { worthOf } from './amounts.ts'
import { History } from './history.tsx'

export function WalletPage() {
  const { t } = useLingui()
  const wallet = useRead(getWallet, {}, { refreshMs: 30_000 })
  return (
    <Page
      title={t`Wallet`}
      actions={
        <LinkButton kind="accent" icon={CreditCard} to={places.topUp}>
          <Trans>Top up</Trans>
        </LinkButton>
      }
    >
      <div className="flex flex-col gap-10">
        <Read of={wallet} loading={<Skeleton className="h-72 rounded-card" />}>
          {(view) => <Purse view={view} />}
        </Read>
        <Section title={<Trans>History</Trans>}>
          <History />
        </Section>
      </div>
    </Page>
  )
}

function Purse({ view }: { readonly view: WalletView }) {
  const { t } = useLingui()
  const format = useFormat()
  const { available, held, free, bought, debt, freeUntil, dailyGrant } = view
  const other = available - free - bought
  return (
    <div className="flex flex-col gap-4">
      {debt > 0n && <Debt debt={debt} />}
      <Receipt label={t`What you have`} size="sheet">
        <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 pb-4">
          <p className="text-36 font-semibold">
            <span className="figure">{format.points(available)}</span>
            <span className="ml-2 text-18 font-normal text-soft">
              <Trans>points to spend</Trans>
            </span>
          </p>
          <p className="figure text-18 text-faint">{format.dollars(worthOf(available))}</p>
        </div>
        <ReceiptRule />
        <ReceiptLine
          label={<Trans>Free today</Trans>}
          hint={
            <Trans>
              Used first. Gone <Ago at={freeUntil} />, then {format.points(dailyGrant)} new ones.
            </Trans>
          }
        >
          {format.points(free)}
        </ReceiptLine>
        <ReceiptLine label={<Trans>Bought</Trans>} hint={<Trans>Used last. They never expire.</Trans>}>
          {format.points(bought)}
        </ReceiptLine>
        {other > 0n && <ReceiptLine label={<Trans>Plan and gifts</Trans>}>{format.points(other)}</ReceiptLine>}
        {held > 0n && (
          <ReceiptLine
            label={<Trans>Set aside</Trans>}
            hint={<Trans>For answers that are being written. What they do not need comes back.</Trans>}
          >
            {format.points(held)}
          </ReceiptLine>
        )}
        <ReceiptRule />
        <CapLines view={view} />
        <ReceiptNote>
          <Trans>A point is $0.00003: a million are $30.</Trans>
        </ReceiptNote>
      </Receipt>
    </div>
  )
}

function Debt({ debt }: { readonly debt: bigint }) {
  return (
    <Notice
      kind="bad"
      action={
        <LinkButton size="s" to={places.topUp}>
          <Trans>Top up</Trans>
        </LinkButton>
      }
    >
      <Trans>
        A top-up was disputed after some of its points were spent. You owe <Points value={debt} />; the next top-up
        repays them first, and then you can go on.
      </Trans>
    </Notice>
  )
}

/** The limits a person has set, or the way to set one. */
function CapLines({ view: { caps, left } }: { readonly view: WalletView }) {
  const format = useFormat()
  const isUnset = caps.message === null && caps.day === null && caps.month === null
  return (
    <>
      {caps.day !== null && (
        <ReceiptLine label={<Trans>Left of today’s limit</Trans>} hint={<Trans>of {format.points(caps.day)}</Trans>}>
          {format.points(left.day ?? caps.day)}
        </ReceiptLine>
      )}
      {caps.month !== null && (
        <ReceiptLine
          label={<Trans>Left of this month’s limit</Trans>}
          hint={<Trans>of {format.points(caps.month)}</Trans>}
        >
          {format.points(left.month ?? caps.month)}
        </ReceiptLine>
      )}
      {caps.message !== null && (
        <ReceiptLine label={<Trans>Limit per message</Trans>}>{format.points(caps.message)}</ReceiptLine>
      )}
      <p className="py-1">
        <Link to={places.caps} className="link">
          {isUnset ? <Trans>Set a limit to what you spend</Trans> : <Trans>Change your limits</Trans>}
        </Link>
      </p>
    </>
  )
}
