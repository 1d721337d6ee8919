import CEpoll
import Glibc
import Logging

// Start and end of connections.

extension EventLoop {
    /// Number of connections beyond the limit that receive a 503 rather than being closed immediately.
    private static let refusedAtOnce = 64

    func acceptConnections(_ listener: Int32) {
        for _ in 0..<64 {
            switch SocketAddress.accept(listener) {
            case .none: return
            case .failed: continue
            case .exhausted:
                pauseListening()
                return
            case .connection(let descriptor, let remote): open(descriptor, remote)
            }
        }
    }

    private func open(_ descriptor: Int32, _ remote: RemoteAddress) {
        let limits = configuration.connectionLimits
        let ofAddress = connectionsByAddress[remote.quotaKey, default: 0]
        let isOverLimit = connectionCount >= connectionLimit || isAddressFull(remote, ofAddress)
        let id = ConnectionID(descriptor: descriptor, serial: nextSerial)
        guard !isOverLimit || connectionCount < connectionLimit + Self.refusedAtOnce, shutdownDeadline == nil,
            poller.add(descriptor, token: id.token, .edges)
        else {
            _ = Glibc.close(descriptor)
            return
        }
        nextSerial = nextSerial == .max ? 1 : nextSerial + 1
        let connection = Connection(id: id, remote: remote, limits: configuration.requestLimits)
        while connections.count <= Int(descriptor) { connections.append(nil) }
        connections[Int(descriptor)] = connection
        connectionCount += 1
        connectionsByAddress[remote.quotaKey] = ofAddress + 1
        if isOverLimit {
            refuse(connection, .overloaded(retryAfter: limits.retryAfterSeconds))
            serve(connection)
        } else {
            updateTimer(connection)
        }
    }

    private func isAddressFull(_ remote: RemoteAddress, _ count: Int) -> Bool {
        count >= configuration.connectionLimits.connectionsPerAddress && remote.family != .unix && !configuration.isBeyondAddressLimit(remote)
    }

    /// Pauses listening, because accepting fails until descriptors become free.
    private func pauseListening() {
        if clock.now >= exhaustionIsToldAt {
            logger.error("no descriptors left for connections", metadata: ["connections": "\(connectionCount)"])
            exhaustionIsToldAt = clock.now + 60_000
        }
        for listener in listeners { poller.remove(listener.descriptor) }
        listeningResumesAt = clock.now + 200
    }

    /// Closes a connection after its last response.
    func end(_ connection: Connection) {
        // Closing with unread client data would reset the connection, and the response could be lost.
        if connection.hasEnded {
            close(connection)
            return
        }
        shutdown(connection.id.descriptor, Int32(SHUT_WR))
        connection.isLingering = true
        connection.dropPending()
        connection.isReadable = true
        drain(connection)
    }

    /// Reads and discards what a client still sends.
    func drain(_ connection: Connection) {
        for _ in 0..<4 {
            switch Transfer.receive(connection.id.descriptor, into: &input) {
            case .done: continue
            case .wouldBlock:
                connection.isReadable = false
                return
            case .ended, .broken:
                close(connection)
                return
            }
        }
    }

    /// Closes a connection immediately, whatever its state.
    func close(_ connection: Connection) {
        guard !connection.isClosed else { return }
        connection.isClosed = true
        connections[Int(connection.id.descriptor)] = nil
        connectionCount -= 1
        let key = connection.remote.quotaKey
        let others = connectionsByAddress[key, default: 1] - 1
        connectionsByAddress[key] = others == 0 ? nil : others
        _ = Glibc.close(connection.id.descriptor)
        outgoing.removeAll(keepingCapacity: true)
        guard let exchange = connection.exchange else { return }
        connection.exchange = nil
        exchange.task?.cancel()
        exchange.client?.leave()
        exchange.body?.fail(.disconnected)
        exchange.writer?.close()
        if exchange.status != 0 { log(exchange, connection, isComplete: false) }
    }

    // MARK: Shutdown

    func shutDown(grace: Duration) {
        guard shutdownDeadline == nil else { return }
        shutdownDeadline = clock.now + grace.milliseconds
        listeningResumesAt = nil
        for listener in listeners { poller.remove(listener.descriptor) }
        listeners = []
        for connection in connections.compactMap(\.self) {
            if let exchange = connection.exchange {
                connection.isClosing = true
                if exchange.isEventStream { exchange.task?.cancel() }
            } else if connection.parser.isBetweenRequests, connection.output.isEmpty, !connection.hasPending {
                close(connection)
            }
        }
    }
}
