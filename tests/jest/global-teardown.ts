import { stop } from './running-system.ts'

export default stop
