export { openGuide } from './guide.ts'
