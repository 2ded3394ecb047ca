import { useLingui } from '@lingui/react/macro'
import { Page } from '#ui'
import { FirstSteps } from './first-steps.tsx'
import { HealthSection } from './health-section.tsx'
import { LinesSection } from './lines-section.tsx'
import { ProofSection } from './proof-section.tsx'
import { TakingsSection } from './takings-section.tsx'

/** Is it well, does the money add up, and what is for sale. */
export function OverviewPage() {
  const { t } = useLingui()
  return (
    <Page title={t`Overview`} width="wide">
      <FirstSteps />
      <div className="grid items-start gap-10 lg:grid-cols-[1fr_26rem] lg:gap-12">
        <div className="flex min-w-0 flex-col gap-10">
          <HealthSection />
          <LinesSection />
          <TakingsSection />
        </div>
        <ProofSection />
      </div>
    </Page>
  )
}
