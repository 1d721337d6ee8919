/// Identifies one request on a connection.
struct ExchangeID: Hashable, Sendable {
    let connection: ConnectionID
    let number: UInt32
}
