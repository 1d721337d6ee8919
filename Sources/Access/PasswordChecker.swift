import Dispatch
import Synchronization

/// Hashes and checks passwords outside the cooperative pool, two at a time; a few may wait, and more are rejected.
final class PasswordChecker: Sendable {
    static let mostAtATime = 2
    static let mostWaiting = 8

    let parameters: PasswordHash.Parameters
    private let queues = (0..<mostAtATime).map { DispatchQueue(label: "passwords-\($0)") }
    private let waiting = Mutex((count: 0, turn: 0))

    init(parameters: PasswordHash.Parameters = .init()) {
        self.parameters = parameters
    }

    func hash(_ password: String) async throws -> String {
        let parameters = parameters
        return try await perform { try PasswordHash(password, parameters: parameters).text }
    }

    /// Checks a password against a stored hash. Without one it takes equally long and fails, so that timing does not reveal who is a member.
    func fits(_ password: String, _ kept: String?) async throws -> Bool {
        let parameters = parameters
        return try await perform {
            guard let kept = kept.flatMap({ PasswordHash(text: $0) }) else {
                _ = try PasswordHash(password, parameters: parameters)
                return false
            }
            return try kept.fits(password)
        }
    }

    /// - Errors: `AccessError.tooManyPasswords`, and those of `work`.
    private func perform<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        let turn = waiting.withLock { waiting -> Int? in
            guard waiting.count < PasswordChecker.mostAtATime + PasswordChecker.mostWaiting else { return nil }
            waiting.count += 1
            waiting.turn += 1
            return waiting.turn
        }
        guard let turn else { throw AccessError.tooManyPasswords }
        defer { waiting.withLock { $0.count -= 1 } }
        return try await withCheckedThrowingContinuation { continuation in
            queues[turn % queues.count].async { continuation.resume(with: Result { try work() }) }
        }
    }
}
