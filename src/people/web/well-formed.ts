import * as z from 'zod/mini'
import { displayName, emailAddress, newPassword } from '#people/contract'

/** What the server would take, so that a form can say what is wrong before it asks. */
export const isName = (text: string): boolean => z.safeParse(displayName, text).success
export const isEmailAddress = (text: string): boolean => z.safeParse(emailAddress, text).success
export const isLongEnough = (text: string): boolean => z.safeParse(newPassword, text).success
