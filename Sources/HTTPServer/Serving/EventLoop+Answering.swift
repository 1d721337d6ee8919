import HTTPTypes

// From requests to responses.

extension EventLoop {
    /// Starts handling a request with a complete head.
    func begin(_ head: RequestHead, _ connection: Connection) {
        connection.exchangeNumber &+= 1
        let id = ExchangeID(connection: connection.id, number: connection.exchangeNumber)
        let startedAt = configuration.accessLog == nil ? 0 : LoopClock.nanoseconds()
        let exchange = Exchange(id: id, head: head, startedAt: startedAt)
        connection.exchange = exchange
        connection.wait = .nothing
        if !head.keepAlive || shutdownDeadline != nil { connection.isClosing = true }
        if head.framing.hasBody { openBody(of: exchange) }
        if let response = ownAnswer(to: head) {
            answer(response, on: connection)
            return
        }
        let client = ClientPresence()
        let request = Request(head: head, body: requestBody(of: exchange), remoteAddress: connection.remote, client: client)
        if exchange.body == nil, let response = handler.respondImmediately(to: request) {
            answer(response, on: connection)
        } else if activeRequests >= configuration.connectionLimits.activeRequests {
            let overloaded = ServerError.overloaded(retryAfter: configuration.connectionLimits.retryAfterSeconds)
            answer(configuration.errorResponse(overloaded), on: connection)
        } else {
            exchange.client = client
            startHandler(request, exchange)
        }
    }

    private func startHandler(_ request: Request, _ exchange: Exchange) {
        activeRequests += 1
        let id = exchange.id
        exchange.task = Task { [handler, mailbox] in
            let response = await handler.respond(to: request)
            mailbox.post(.answer(id, response))
        }
    }

    private func openBody(of exchange: Exchange) {
        let id = exchange.id
        exchange.body = BodyChannel { [mailbox] in mailbox.post(.bodyWanted(id)) }
        exchange.awaitsBody = true
        exchange.owesContinue = exchange.head.expectsContinue
    }

    private func requestBody(of exchange: Exchange) -> RequestBody {
        guard let channel = exchange.body else { return RequestBody(bytes: []) }
        if case .length(let length) = exchange.head.framing { return RequestBody(channel: channel, declaredLength: length) }
        return RequestBody(channel: channel, declaredLength: nil)
    }

    /// Responses of the server itself, without its handler.
    private func ownAnswer(to head: RequestHead) -> Response? {
        if allowedHosts != .any, !allowedHosts.allows(Authority.host(of: head.authority)) {
            return configuration.errorResponse(
                ServerError(.misdirectedRequest, code: "host-not-allowed", "This server does not serve the requested host."))
        }
        if head.target.path == "*" {
            return Response(status: .noContent, headerFields: [.allow: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"])
        }
        return nil
    }

    /// Queues the response to the current request.
    func answer(_ response: Response, on connection: Connection) {
        guard let exchange = connection.exchange, exchange.stage == .handling else { return }
        exchange.client = nil
        let plan = ResponsePlan(response, to: exchange.head, render: configuration.errorResponse)
        exchange.status = plan.status.code
        exchange.framing = plan.framing
        hold(response.lease, exchange)
        // A body that has not arrived would have to be read to find the next request.
        if exchange.awaitsBody || plan.framing == .untilClose { connection.isClosing = true }
        writeHead(plan, minorVersion: exchange.head.minorVersion, on: connection)
        exchange.stage = .sending
        switch plan.content {
        case .none: break
        case .bytes(let bytes):
            exchange.sentBytes = bytes.count
            write(bytes, on: connection)
        case .pieces(let pieces):
            for piece in pieces { write(piece, exchange, on: connection) }
        case .stream(let produce, let isEvents):
            startStream(produce, isEvents: isEvents, exchange)
            return
        }
        guard !connection.isClosed else { return }
        abandonBody(of: exchange)
        if connection.output.isEmpty { complete(exchange, on: connection) }
    }

    /// Holds the lease until the response is complete.
    private func hold(_ lease: ResponseLease?, _ exchange: Exchange) {
        guard let lease else { return }
        exchange.lease = lease
        lease.whenEnded { [mailbox, id = exchange.id] in mailbox.post(.leaseEnded(id)) }
    }

    /// Responds to a request that could not be parsed, or to a connection above the limit.
    func write(_ response: Response, toRefused connection: Connection) {
        let head = RequestHead(
            method: .get, target: .unknown, minorVersion: 1, fields: [:], authority: "", framing: .none, keepAlive: false,
            expectsContinue: false)
        let plan = ResponsePlan(response, to: head, render: \.problemResponse)
        writeHead(plan, minorVersion: 1, on: connection)
        if case .bytes(let bytes) = plan.content { write(bytes, on: connection) }
        guard let accessLog = configuration.accessLog else { return }
        let method = HTTPRequest.Method(rawValue: "INVALID") ?? .get
        accessLog(
            AccessRecord(
                method: method, path: "", status: plan.status.code, bytes: 0, duration: .zero, remoteAddress: connection.remote,
                isComplete: true))
    }

    private func writeHead(_ plan: ResponsePlan, minorVersion: Int, on connection: Connection) {
        let persistence: ResponseHeadWriter.Persistence = connection.isClosing ? .close : minorVersion == 0 ? .keepExplicitly : .keep
        if connection.output.isEmpty {
            headWriter.write(
                status: plan.status, fields: plan.fields, framing: plan.framing, persistence: persistence,
                dateLine: clock.dateLine, to: &outgoing)
        } else {
            var bytes: [UInt8] = []
            headWriter.write(
                status: plan.status, fields: plan.fields, framing: plan.framing, persistence: persistence,
                dateLine: clock.dateLine, to: &bytes)
            connection.output.append(bytes)
        }
    }

    /// Stops reading the body of a request after its response.
    private func abandonBody(of exchange: Exchange) {
        guard exchange.awaitsBody else { return }
        exchange.awaitsBody = false
        exchange.body?.fail(.disconnected)
    }

    /// The last byte of the response is with the system, or about to be.
    func complete(_ exchange: Exchange, on connection: Connection) {
        connection.exchange = nil
        connection.wait = .nothing
        // A stream may have kept reading the body while it responded; the rest is not awaited.
        abandonBody(of: exchange)
        log(exchange, connection, isComplete: true)
    }

    func log(_ exchange: Exchange, _ connection: Connection, isComplete: Bool) {
        guard let accessLog = configuration.accessLog else { return }
        accessLog(
            AccessRecord(
                method: exchange.head.method, path: exchange.head.target.path, status: exchange.status, bytes: exchange.sentBytes,
                duration: .nanoseconds(LoopClock.nanoseconds() - exchange.startedAt), remoteAddress: connection.remote,
                isComplete: isComplete))
    }
}
