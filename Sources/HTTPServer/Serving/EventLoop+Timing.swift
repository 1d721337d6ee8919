import Dispatch
import HTTPTypes

// Timeouts.

extension EventLoop {
    /// Schedules the queue for the next deadline. A timer that fires too early is left: it costs one check, whereas rescheduling costs a system call.
    func setTimer() {
        let deadlines = [wheel.milliseconds(from: clock.now).map { clock.now + $0 }, listeningResumesAt, shutdownDeadline]
        guard let deadline = deadlines.compactMap(\.self).min(), deadline < wakesAt else { return }
        wakesAt = deadline
        timer?.schedule(deadline: .now() + .milliseconds(Int(max(0, deadline - clock.now))), leeway: .milliseconds(1))
    }

    func runTimers() {
        for token in wheel.advance(to: clock.now) {
            guard let connection = connection(ConnectionID(token: token)), connection.timer <= clock.now else { continue }
            connection.timer = .max
            if connection.deadline <= clock.now { expire(connection) }
            if !connection.isClosed { scheduleTimer(connection) }
        }
        if let resume = listeningResumesAt, resume <= clock.now {
            listeningResumesAt = nil
            _ = listen()
        }
        if let deadline = shutdownDeadline, deadline <= clock.now {
            for connection in connections.compactMap(\.self) { close(connection) }
        }
    }

    /// Extends the deadline after progress, by the time that the bytes take at the minimum rate.
    func noteProgress(_ count: Int, _ wait: Connection.Wait, _ connection: Connection) {
        guard connection.wait == wait else { return }
        let worth = Int64(count) * 1000 / Int64(max(1, configuration.timeouts.minimumBytesPerSecond))
        connection.deadline = min(clock.now + timeout(wait), connection.deadline + worth)
    }

    /// Determines what the connection waits for, and starts the timeout of a new wait.
    func updateTimer(_ connection: Connection) {
        let wait = currentWait(connection)
        if wait != connection.wait {
            connection.wait = wait
            connection.deadline = wait == .nothing ? .max : clock.now + timeout(wait)
        }
        scheduleTimer(connection)
    }

    private func scheduleTimer(_ connection: Connection) {
        guard connection.deadline < connection.timer else { return }
        connection.timer = wheel.set(connection.id.token, deadline: connection.deadline)
    }

    private func currentWait(_ connection: Connection) -> Connection.Wait {
        if connection.isLingering { return .linger }
        if !connection.output.isEmpty { return .write }
        guard let exchange = connection.exchange else {
            return connection.parser.isInsideHead || connection.exchangeNumber == 0 ? .head : .idle
        }
        if exchange.awaitsBody, !exchange.isBodyPaused, !exchange.owesContinue { return .body }
        return exchange.isEventStream ? .events : .nothing
    }

    private func timeout(_ wait: Connection.Wait) -> Int64 {
        let timeouts = configuration.timeouts
        let duration: Duration
        switch wait {
        case .nothing: return .max / 2
        case .head: duration = timeouts.header
        case .body: duration = timeouts.body
        case .write: duration = timeouts.write
        case .idle: duration = timeouts.keepAlive
        case .linger: duration = timeouts.linger
        case .events: duration = timeouts.eventKeepAlive
        }
        return duration.milliseconds
    }

    private func expire(_ connection: Connection) {
        switch connection.wait {
        case .nothing: break
        case .head where connection.parser.isInsideHead:
            refuse(connection, ServerError(.requestTimeout, code: "request-timed-out", "The request head was not received within the timeout."))
            serve(connection)
        case .body:
            connection.isClosing = true
            connection.exchange?.awaitsBody = false
            connection.exchange?.body?.fail(.timedOut)
            updateTimer(connection)
        case .events:
            sendKeepAlive(on: connection)
        case .head, .idle, .write, .linger:
            close(connection)
        }
    }
}
