import Canonical
import Synchronization

/// Stored outputs that were read lately, without the results behind them. Their digests name their bytes, so they never change.
final class OutputMemory: Sendable {
    static let most = 2000

    private let known = Mutex<(outputs: [String: JSONValue], order: [String])>(([:], []))

    /// The output of a digest; `read` gives what is not known.
    func output(_ digest: String, _ read: () throws -> JSONValue) rethrows -> JSONValue {
        if let found = known.withLock({ $0.outputs[digest] }) { return found }
        let output = try read()
        known.withLock { known in
            if known.outputs.updateValue(output, forKey: digest) == nil { known.order.append(digest) }
            if known.order.count > OutputMemory.most { known.outputs[known.order.removeFirst()] = nil }
        }
        return output
    }
}
