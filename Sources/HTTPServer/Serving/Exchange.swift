/// One request and its answer, from the request's head to the answer's last byte.
final class Exchange {
    enum Stage {
        /// The handler has not answered.
        case handling
        /// A stream makes the answer's body.
        case streaming
        /// All of the answer is in the output.
        case sending
    }

    let id: ExchangeID
    let head: RequestHead
    let startedAt: Int64
    var stage = Stage.handling
    /// Carries the request's body; nil when it has none.
    var body: BodyChannel?
    /// The body has not arrived to its end.
    var awaitsBody = false
    /// The handler has not taken what has arrived.
    var isBodyPaused = false
    /// The client waits for `100 Continue`.
    var owesContinue = false
    var task: Task<Void, Never>?
    /// Tells the handler when the client goes away; nil where no task answers.
    var client: ClientPresence?
    /// The client's right to the answer, held until the answer is out.
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
