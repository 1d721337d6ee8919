import Synchronization

/// Wakes a waiting loop early. A ring while nobody waits is kept for the next wait.
final class WakeUp: Sendable {
    private struct State {
        var isRung = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func ring() {
        let waiting = state.withLock { state in
            defer { state.waiting = nil }
            state.isRung = state.waiting == nil
            return state.waiting
        }
        waiting?.resume()
    }

    /// Waits for a ring, up to a timeout.
    func wait(atMost time: Duration) async {
        let timer = Task { [weak self] in
            try? await Task.sleep(for: time)
            if !Task.isCancelled { self?.ring() }
        }
        await withCheckedContinuation { continuation in
            let isRung = state.withLock { state in
                defer { state.isRung = false }
                if !state.isRung { state.waiting = continuation }
                return state.isRung
            }
            if isRung { continuation.resume() }
        }
        timer.cancel()
    }
}
