/// Lets other tasks have the thread. A test that computes for long would otherwise keep the few threads that all tests share from the servers
/// and clients of others.
/// - Returns: how long that took, which is no time of the caller's.
public func othersTurn() async -> Duration {
    let start = ContinuousClock.now
    await Task.yield()
    return ContinuousClock.now - start
}
