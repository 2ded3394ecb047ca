import { Trans, useLingui } from '@lingui/react/macro'
import { listProviders } from '#models/contract'
import { Page, Read, Section, SkeletonRows, useRead } from '#ui'
import { ConnectSection } from './connect-section.tsx'
import { CostsSection } from './costs-section.tsx'
import { ProviderCard } from './provider-card.tsx'

/** Where answers come from, and what they cost the house. */
export function ModelsPage() {
  const { t } = useLingui()
  const read = useRead(listProviders, {})
  return (
    <Page
      title={t`Models`}
      width="wide"
      hint={<Trans>Where the bots’ answers come from, and what they cost this house.</Trans>}
    >
      <Read of={read} loading={<SkeletonRows count={4} className="h-28" />}>
        {({ items, wellKnown }) => (
          <div className="flex flex-col gap-12">
            <ConnectSection wellKnown={wellKnown} providers={items} />
            {items.length > 0 && (
              <Section title={<Trans>Connected</Trans>}>
                <ul className="flex flex-col gap-3">
                  {items.map((provider) => (
                    <li key={provider.slug}>
                      <ProviderCard provider={provider} />
                    </li>
                  ))}
                </ul>
              </Section>
            )}
            <CostsSection providers={items} />
          </div>
        )}
      </Read>
    </Page>
  )
}
