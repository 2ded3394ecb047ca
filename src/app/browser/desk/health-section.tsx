import { Trans, useLingui } from '@lingui/react/macro'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { getHealth, type HealthReport } from '#platform/contract'
import { Read, Section, SkeletonRows, Tag, useFormat, useRead } from '#ui'

const refreshMs = 5000

export function HealthSection() {
  const read = useRead(getHealth, {}, { refreshMs })
  return (
    <Section title={<Trans>Health</Trans>} actions={read.state === 'ready' && <Verdict report={read.value} />}>
      <Read of={read} loading={<SkeletonRows count={3} className="h-11" />}>
        {({ checks }) => (
          <ul className="border-t border-hair">
            {checks.map((check) => (
              <Check key={check.name} check={check} />
            ))}
          </ul>
        )}
      </Read>
    </Section>
  )
}

function Verdict({ report }: { readonly report: HealthReport }) {
  const { i18n } = useLingui()
  const format = useFormat()
  const sick = report.checks.filter(({ ok }) => !ok).length
  if (sick === 0)
    return (
      <span className="flex items-center gap-3 text-13 text-faint" lang={i18n.locale}>
        <Trans>Asked {format.time(report.at)}</Trans>
        <Tag tone="good">
          <Trans>All well</Trans>
        </Tag>
      </span>
    )
  return (
    <Tag tone="bad">
      <Trans>Not well</Trans>
    </Tag>
  )
}

function Check({ check }: { readonly check: HealthReport['checks'][number] }) {
  const { t } = useLingui()
  const format = useFormat()
  const Sign = check.ok ? CircleCheck : CircleAlert
  return (
    <li className="flex items-center gap-3 border-b border-hair py-2.5">
      <Sign
        size={16}
        className={check.ok ? 'shrink-0 text-in' : 'shrink-0 text-out'}
        aria-label={check.ok ? t`well` : t`not well`}
      />
      <span className="w-28 shrink-0 truncate font-medium">{check.name}</span>
      <span className="min-w-0 flex-1 text-soft">{check.detail}</span>
      <span className="figure text-12 text-faint">{format.duration(check.ms)}</span>
    </li>
  )
}
