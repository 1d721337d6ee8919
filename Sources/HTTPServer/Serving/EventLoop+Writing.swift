// From responses to bytes on the wire.

extension EventLoop {
    func write(_ bytes: [UInt8], on connection: Connection) {
        if connection.output.isEmpty, bytes.count <= Self.copiedBytes {
            outgoing.append(contentsOf: bytes)
        } else {
            connection.output.append(bytes)
        }
    }

    func write(_ piece: ResponsePlan.Piece, _ exchange: Exchange, on connection: Connection) {
        switch piece {
        case .bytes(let bytes):
            exchange.sentBytes += bytes.count
            write(bytes, on: connection)
        case .file(let file, let range):
            exchange.sentBytes += range.count
            if connection.output.isEmpty, range.count <= Self.copiedBytes {
                guard file.append(range.count, from: range.lowerBound, to: &outgoing) else {
                    close(connection)
                    return
                }
            } else {
                connection.output.append(file, range)
            }
        }
    }

    /// Writes as much as the client accepts, within the bounds of one turn.
    func flush(_ connection: Connection) {
        guard !connection.isClosed else {
            outgoing.removeAll(keepingCapacity: true)
            return
        }
        let writtenBefore = writtenBytes
        flushOutgoing(connection)
        while connection.isWritable, !connection.isClosed, let segment = connection.output.first,
            writtenBytes - writtenBefore < Self.turnBytes
        {
            let limit = Self.turnBytes - (writtenBytes - writtenBefore)
            note(send(segment, limit: limit, connection), connection)
        }
    }

    private func flushOutgoing(_ connection: Connection) {
        guard !outgoing.isEmpty else { return }
        defer { outgoing.removeAll(keepingCapacity: true) }
        guard connection.isWritable else {
            connection.output.prepend(outgoing, from: 0)
            return
        }
        let total = outgoing.count
        let result: Transfer
        if case .bytes(let second) = connection.output.first?.content, connection.output.first?.range == 0..<second.count {
            result = Transfer.send(connection.id.descriptor, outgoing, second, more: connection.output.hasMore)
        } else {
            result = Transfer.send(connection.id.descriptor, outgoing, from: 0, limit: total, more: !connection.output.isEmpty)
        }
        switch result {
        case .done(let count):
            if count < total {
                connection.output.prepend(outgoing, from: count)
                connection.isWritable = false
                noteWritten(count, connection)
            } else {
                noteWritten(total, connection)
                if count > total { note(.done(count - total), connection) }
            }
        case .wouldBlock:
            connection.output.prepend(outgoing, from: 0)
            connection.isWritable = false
        case .ended, .broken:
            close(connection)
        }
    }

    private func send(_ segment: OutputQueue.Segment, limit: Int, _ connection: Connection) -> Transfer {
        let more = connection.output.hasMore
        switch segment.content {
        case .bytes(let bytes):
            // The range always extends to the end of the array.
            return Transfer.send(connection.id.descriptor, bytes, from: segment.range.lowerBound, limit: limit, more: more)
        case .file(let file):
            return Transfer.send(
                connection.id.descriptor, file: file, from: segment.range.lowerBound, count: min(limit, segment.range.count))
        }
    }

    /// Records the result of writing the first segment.
    private func note(_ result: Transfer, _ connection: Connection) {
        switch result {
        case .done(let count):
            noteWritten(count, connection)
            let credit = connection.output.advance(count)
            if credit > 0 { connection.exchange?.writer?.release(credit) }
        case .wouldBlock:
            connection.isWritable = false
        case .ended, .broken:
            // The client disconnected, or the file is shorter than the announced length.
            close(connection)
        }
    }

    private func noteWritten(_ count: Int, _ connection: Connection) {
        writtenBytes += count
        noteProgress(count, .write, connection)
    }
}
