/// Yields the thread to other tasks. A long-computing test would otherwise starve the servers
/// and clients of other tests, which share a few threads.
/// - Returns: the time spent, which the caller may subtract
public func othersTurn() async -> Duration {
    let start = ContinuousClock.now
    await Task.yield()
    return ContinuousClock.now - start
}
