import Canonical

/// Why a change to who may come in is not made. Nothing was changed.
package enum AccessError: Error, Equatable, CustomStringConvertible {
    /// A kind of thing ("member", "session", "token", "share") and an id that none has which the visitor may know of.
    case unknown(String, String)
    case nameTaken(String)
    /// The secret was told once, so the thing cannot be told again; making it twice is what the key was to prevent.
    case alreadyMade(String)
    /// The idempotency key stands for another request.
    case keyReused(String)
    case lastOwner
    /// What is wrong with a name.
    case badName(String)
    /// What is wrong with a password.
    case badPassword(String, field: String = "password")
    case tooManyPasswords
    /// Seconds until the next attempt may be made.
    case throttled(Double)
    /// The bytes of what a link would have to keep, and the most that one may.
    case tooLargeToPin(bytes: Int, most: Int)

    package var description: String {
        switch self {
        case .unknown(let kind, let id): "There is no \(kind) \(id)."
        case .nameTaken(let name): "There is a member named \(name) already."
        case .alreadyMade(let resource):
            "An earlier request with this Idempotency-Key made \(resource). Its secret was told then and is kept nowhere: revoke it and make another with a new key, or invite the member anew."
        case .keyReused(let key): "the Idempotency-Key '\(key)' was used before with another request"
        case .lastOwner: "This is the last owner, who can neither be removed nor given another role. Make another member an owner first."
        case .badName(let problem): "name: \(problem)"
        case .badPassword(let problem, let field): "\(field): \(problem)"
        case .tooManyPasswords: "Too many passwords are being checked at this moment. Try again soon."
        case .throttled(let seconds): "Too many attempts have failed. Try again in \(AccessError.wholeSeconds(seconds)) s."
        case .tooLargeToPin(let bytes, let most):
            "live: what is shared has \(bytes >> 20) MiB, and at most \(most >> 20) MiB can be pinned; share it live, or share a part of it"
        }
    }

    /// Seconds to wait as clients are told: whole ones, and enough of them.
    package static func wholeSeconds(_ seconds: Double) -> Int { Int(saturating: seconds.rounded(.up)) }
}
