// From bytes to requests.

extension EventLoop {
    /// Parses buffered bytes and reads more, within the bounds of one turn.
    func readRequests(_ connection: Connection) {
        var reads = 0
        let firstNumber = connection.exchangeNumber
        while connection.acceptsInput, connection.exchangeNumber &- firstNumber < Self.turnRequests, outgoing.count < Self.readBytes {
            if connection.hasPending {
                consumePending(connection, firstNumber)
            } else if connection.isReadable, !connection.hasEnded, reads < 4 {
                reads += 1
                read(connection, firstNumber)
            } else {
                return
            }
        }
    }

    private func consumePending(_ connection: Connection, _ firstNumber: UInt32) {
        let bytes = connection.pending
        let start = connection.pendingStart
        let end = start + consume(bytes.span.extracting(start..<bytes.count), connection, firstNumber)
        if end < bytes.count { connection.pendingStart = end } else { connection.dropPending() }
    }

    private func read(_ connection: Connection, _ firstNumber: UInt32) {
        switch Transfer.receive(connection.id.descriptor, into: &input) {
        case .done(let count):
            // Fewer bytes than the buffer holds: everything is read, unless the end follows.
            if count < Self.readBytes, !connection.isEnding { connection.isReadable = false }
            let bytes = input
            let end = consume(bytes.span.extracting(0..<count), connection, firstNumber)
            if end < count { connection.pending = Array(bytes[end..<count]) }
        case .wouldBlock:
            connection.isReadable = false
        case .ended:
            inputEnded(connection)
        case .broken:
            close(connection)
        }
    }

    /// The client closed its sending side. Complete requests are still answered.
    private func inputEnded(_ connection: Connection) {
        connection.hasEnded = true
        guard let exchange = connection.exchange else {
            // An incomplete head or nothing: `settle` closes the connection after the pending responses.
            return
        }
        if exchange.awaitsBody {
            close(connection)
        } else {
            connection.isClosing = true
        }
    }

    /// Parses as many requests as may be handled now. Returns the number of bytes consumed.
    private func consume(_ bytes: Span<UInt8>, _ connection: Connection, _ firstNumber: UInt32) -> Int {
        var offset = 0
        do throws(RequestFault) {
            while connection.acceptsInput || connection.parser.hasEvent, connection.exchangeNumber &- firstNumber < Self.turnRequests,
                let event = try connection.parser.next(bytes, from: &offset)
            {
                switch event {
                case .head(let head): begin(head, connection)
                case .body(let range): receive(bytes.extracting(range).array, connection)
                case .end: bodyEnded(connection)
                }
            }
        } catch {
            refuse(connection, ServerError(error), code: error.rawValue)
            return bytes.count
        }
        // Data after the last request is ignored.
        let isDone = connection.isClosed || (connection.isClosing && connection.exchange?.awaitsBody != true)
        return isDone ? bytes.count : offset
    }

    // MARK: Bodies of requests

    private func receive(_ piece: [UInt8], _ connection: Connection) {
        guard let exchange = connection.exchange, let body = exchange.body else { return }
        exchange.owesContinue = false
        noteProgress(piece.count, .body, connection)
        exchange.isBodyPaused = body.push(piece)
    }

    private func bodyEnded(_ connection: Connection) {
        guard let exchange = connection.exchange else { return }
        exchange.awaitsBody = false
        exchange.body?.finish()
    }

    /// A handler wants to read: sends `100 Continue` if the client expects it.
    func resumeBody(on connection: Connection) {
        guard let exchange = connection.exchange, exchange.awaitsBody else { return }
        exchange.isBodyPaused = false
        if exchange.owesContinue, exchange.stage == .handling {
            exchange.owesContinue = false
            connection.output.append(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
        }
    }

    // MARK: Rejections

    /// Responds to a request that cannot be parsed; nothing after it on the connection can be parsed either.
    func refuse(_ connection: Connection, _ error: ServerError, code: String? = nil) {
        connection.dropPending()
        connection.isClosing = true
        if let exchange = connection.exchange {
            // The body of a request in progress is malformed. Its handler receives the error and responds.
            exchange.awaitsBody = false
            exchange.body?.fail(.malformed(code: code ?? error.code))
            return
        }
        write(configuration.errorResponse(error), toRefused: connection)
    }
}
