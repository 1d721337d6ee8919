/// One request and its response, from the request's head to the response's last byte.
final class Exchange {
    enum Stage {
        /// The handler has not responded yet.
        case handling
        /// A stream generates the response's body.
        case streaming
        /// The whole response is in the output queue.
        case sending
    }

    let id: ExchangeID
    let head: RequestHead
    let startedAt: Int64
    var stage = Stage.handling
    /// The request's body; nil if it has none.
    var body: BodyChannel?
    /// Whether the body is incomplete.
    var awaitsBody = false
    /// Whether reading is paused because the handler has not consumed what has arrived.
    var isBodyPaused = false
    /// Whether the client waits for `100 Continue`.
    var owesContinue = false
    var task: Task<Void, Never>?
    /// Notifies the handler when the client disconnects; nil if no task handles the request.
    var client: ClientPresence?
    /// The lease of the response, held until it is complete.
    var lease: ResponseLease?
    var writer: BodyWriter?
    var framing = ResponsePlan.Framing.none
    var isEventStream = false
    var status = 0
    var sentBytes = 0

    init(id: ExchangeID, head: RequestHead, startedAt: Int64) {
        self.id = id
        self.head = head
        self.startedAt = startedAt
    }
}

/// Identifies one request on a connection.
struct ExchangeID: Hashable, Sendable {
    let connection: ConnectionID
    let number: UInt32
}
