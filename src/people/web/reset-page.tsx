import { Trans, useLingui } from '@lingui/react/macro'
import { useState, type SubmitEvent } from 'react'
import { isRefusal } from '#kernel/contract'
import { getMe, resetPassword } from '#people/contract'
import { Button, EmptyState, LinkButton, Page, places, Refused, useWrite, type ScreenProps } from '#ui'
import { focusWrong } from './focus-wrong.ts'
import { PasswordField } from './password-field.tsx'
import { isLongEnough } from './well-formed.ts'

/** Where a link leads that an operator made for somebody who forgot their password. */
export function ResetPage({ params }: ScreenProps<'/reset/$token'>) {
  const { t } = useLingui()
  const setting = useWrite(resetPassword, { refresh: [getMe] })
  const [password, setPassword] = useState('')
  const [checked, setChecked] = useState(false)
  const [done, setDone] = useState(false)
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    setChecked(true)
    if (!isLongEnough(password)) return focusWrong(event.currentTarget)
    const answer = await setting.run({ body: { token: params.token, password } })
    setDone(answer !== undefined && !isRefusal(answer))
  }
  if (done)
    return (
      <Page title={t`New password`} width="narrow">
        <EmptyState
          title={<Trans>Your password is set</Trans>}
          action={
            <LinkButton kind="accent" to={places.signIn()}>
              <Trans>Sign in</Trans>
            </LinkButton>
          }
        >
          <Trans>You were signed out everywhere, in case somebody else knew the old one.</Trans>
        </EmptyState>
      </Page>
    )
  return (
    <Page title={t`New password`} hint={t`This link works once.`} width="narrow">
      <form noValidate onSubmit={(event) => void submit(event)} className="flex flex-col gap-5">
        <PasswordField
          label={<Trans>New password</Trans>}
          of="new"
          value={password}
          onChange={setPassword}
          refusal={checked && !isLongEnough(password) && <Trans>Make it longer.</Trans>}
        />
        <Refused refusal={setting.refusal} />
        <Button type="submit" kind="accent" size="l" busy={setting.running}>
          <Trans>Set the password</Trans>
        </Button>
      </form>
    </Page>
  )
}
