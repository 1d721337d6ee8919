import Logging

// Responses that are generated piece by piece.

extension EventLoop {
    func startStream(_ produce: @escaping @Sendable (BodyWriter) async throws -> Void, isEvents: Bool, _ exchange: Exchange) {
        let id = exchange.id
        let writer = BodyWriter { [mailbox] piece in mailbox.post(.piece(id, piece)) }
        exchange.stage = .streaming
        exchange.isEventStream = isEvents
        exchange.writer = writer
        exchange.task = Task { [mailbox] in
            do {
                try await produce(writer)
                mailbox.post(.end(id, isComplete: true))
            } catch {
                mailbox.post(.end(id, isComplete: isEvents))
            }
        }
    }

    func send(piece: [UInt8], on connection: Connection) {
        guard let exchange = connection.exchange, exchange.stage == .streaming else { return }
        exchange.sentBytes += piece.count
        switch exchange.framing {
        case .chunked:
            var chunk: [UInt8] = []
            chunk.reserveCapacity(piece.count + 20)
            ResponseHeadWriter.appendHexadecimal(piece.count, to: &chunk)
            ResponseHeadWriter.append("\r\n", to: &chunk)
            chunk.append(contentsOf: piece)
            ResponseHeadWriter.append("\r\n", to: &chunk)
            connection.output.append(chunk, credit: piece.count)
        case .length(let length) where exchange.sentBytes > length:
            logger.error("a streamed response exceeds its declared length", metadata: ["path": "\(exchange.head.target.path)"])
            close(connection)
        case .length, .untilClose, .none:
            connection.output.append(piece, credit: piece.count)
        }
    }

    func endStream(on connection: Connection, isComplete: Bool) {
        guard let exchange = connection.exchange, exchange.stage == .streaming else { return }
        if case .length(let length) = exchange.framing, length != exchange.sentBytes {
            close(connection)
            return
        }
        guard isComplete else {
            // A partial body must not pass for a complete one.
            close(connection)
            return
        }
        exchange.stage = .sending
        exchange.writer?.close()
        if exchange.framing == .chunked { connection.output.append(Array("0\r\n\r\n".utf8)) }
    }

    /// Ends a response whose lease has ended: an event stream normally, if the client takes everything that was sent before;
    /// any other response by closing the connection.
    func breakOff(_ connection: Connection) {
        guard let exchange = connection.exchange else { return }
        exchange.task?.cancel()
        // Pieces that came in the same round before the end of the lease are not written yet.
        if exchange.isEventStream { flush(connection) }
        guard !connection.isClosed else { return }
        guard exchange.isEventStream, exchange.stage == .streaming, connection.output.isEmpty else {
            close(connection)
            return
        }
        connection.isClosing = true
        endStream(on: connection, isComplete: true)
    }

    /// Sends a comment in an idle event stream.
    func sendKeepAlive(on connection: Connection) {
        guard let exchange = connection.exchange, exchange.stage == .streaming else { return }
        let comment = Array(": keep-alive\n\n".utf8)
        if exchange.framing == .chunked {
            connection.output.append(Array("e\r\n".utf8) + comment + Array("\r\n".utf8))
        } else {
            connection.output.append(comment)
        }
        connection.wait = .nothing
        serve(connection)
    }
}
