/** Asks a unit in the same container whether it is ready, for the health checks of docker-compose.yml: `node ready.ts <port>`. */
const answer = await fetch(`http://127.0.0.1:${process.argv[2]}/readyz`)
console.log(await answer.text())
process.exitCode = answer.ok ? 0 : 1
