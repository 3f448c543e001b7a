/**
 * A shopping cart on Emmett, Express and PostgreSQL, put together as Emmett's own sample is: its application, its command
 * handler, its event store. What the sample has beside that (an inline projection, a message bus) is left out, for it would
 * only make it slower. It runs where its packages are installed, which is outside of this project.
 */
import { assertNotEmptyString, assertPositiveNumber, CommandHandler, IllegalStateError } from '@event-driven-io/emmett'
import { getApplication, NoContent, on } from '@event-driven-io/emmett-expressjs'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import pg from 'pg'

const { POSTGRES_URL: connectionString, POOL: max } = process.env

const pool = new pg.Pool({ connectionString, max: Number(max) })
const store = getPostgreSQLEventStore(connectionString, {
  schema: { autoMigration: 'None' },
  connectionOptions: { pooled: true, pool },
})
await store.schema.migrate()

const evolve = (cart, { type, data: { productItem } }) => {
  if (type !== 'ProductItemAddedToShoppingCart') return cart
  const { productId, quantity } = productItem
  const items = new Map(cart.items)
  return { status: 'Opened', items: items.set(productId, (items.get(productId) ?? 0) + quantity) }
}
const handle = CommandHandler({ evolve, initialState: () => ({ status: 'Empty', items: new Map() }) })

const addProductItem = (cart, data) => {
  if (cart.status === 'Closed') throw new IllegalStateError('The cart is closed already')
  return { type: 'ProductItemAddedToShoppingCart', data }
}

const api = (router) => {
  router.post(
    '/clients/:clientId/shopping-carts/current/product-items',
    on(async ({ params, body }) => {
      const clientId = assertNotEmptyString(params.clientId)
      const shoppingCartId = `shopping_cart:${clientId}:current`
      const productId = assertNotEmptyString(body.productId)
      const productItem = { productId, quantity: assertPositiveNumber(body.quantity), unitPrice: 100 }
      const data = { shoppingCartId, clientId, productItem, addedAt: new Date() }
      await handle(store, shoppingCartId, (cart) => addProductItem(cart, data))
      return NoContent()
    }),
  )
}

const server = getApplication({ apis: [api] }).listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${server.address().port}`)
})
process.on('disconnect', () => process.exit())
