import Canonical

/// Why a change of access is rejected. Nothing was changed.
package enum AccessError: Error, Equatable, CustomStringConvertible {
    /// A kind of resource ("member", "session", "token", "share") and an id that does not exist or that the visitor may not see.
    case unknown(String, String)
    case nameTaken(String)
    /// The secret was returned once and cannot be returned again; creating a second one is what the key prevents.
    case alreadyMade(String)
    /// The idempotency key was used for a different request.
    case keyReused(String)
    case lastOwner
    /// What is wrong with a name.
    case badName(String)
    /// What is wrong with a password.
    case badPassword(String, field: String = "password")
    case tooManyPasswords
    /// Seconds until the next attempt may be made.
    case throttled(Double)
    /// The size of what a link would store, and the maximum, in bytes.
    case tooLargeToPin(bytes: Int, most: Int)

    /// What is wrong and what to do about it.
    package var description: String {
        switch self {
        case .unknown(let kind, let id): "There is no \(kind) \(id)."
        case .nameTaken(let name): "A member named \(name) already exists."
        case .alreadyMade(let resource):
            "An earlier request with this Idempotency-Key created \(resource). Its secret was returned then and is not stored: revoke it and create another with a new key, or invite the member again."
        case .keyReused(let key): "the Idempotency-Key '\(key)' was used before with another request"
        case .lastOwner: "The last owner cannot be removed or given another role. Make another member an owner first."
        case .badName(let problem): "name: \(problem)"
        case .badPassword(let problem, let field): "\(field): \(problem)"
        case .tooManyPasswords: "Too many password checks are in progress. Try again in a few seconds."
        case .throttled(let seconds): "Too many failed attempts. Try again in \(AccessError.wholeSeconds(seconds)) s."
        case .tooLargeToPin(let bytes, let most):
            "live: the shared results have \(bytes >> 20) MiB, but at most \(most >> 20) MiB can be pinned. Share them live, or share fewer runs"
        }
    }

    /// The wait for clients, rounded up to whole seconds.
    package static func wholeSeconds(_ seconds: Double) -> Int { Int(saturating: seconds.rounded(.up)) }
}
