import Canonical
import HTTPServer
import HTTPTypes

/// Why a change to who may come in is not made. Nothing was changed.
enum AccessError {
    static func unknown(_ kind: String, _ id: String) -> ServerError {
        ServerError(.notFound, code: "\(kind)-unknown", "There is no \(kind) \(id).")
    }

    static func nameTaken(_ name: String) -> ServerError {
        ServerError(.conflict, code: "name-taken", "There is a member named \(name) already.", field: "name")
    }

    /// The secret was told once, so the thing cannot be told again; making it twice is what the key was to prevent.
    static func alreadyMade(_ resource: String) -> ServerError {
        ServerError(
            .conflict, code: "already-made",
            "An earlier request with this Idempotency-Key made \(resource). Its secret was told then and is kept nowhere: revoke it and make another with a new key, or invite the member anew.",
            field: "Idempotency-Key")
    }

    static let lastOwner = ServerError(
        .conflict, code: "last-owner", "This is the last owner, who can neither be removed nor given another role. Make another member an owner first.")

    static func badName(_ problem: String) -> ServerError {
        ServerError(.unprocessableContent, code: "invalid-field", "name: \(problem)", field: "name")
    }

    static func badPassword(_ problem: String, field: String = "password") -> ServerError {
        ServerError(.unprocessableContent, code: "invalid-field", "\(field): \(problem)", field: field)
    }

    static let tooManyPasswords = ServerError(
        .serviceUnavailable, code: "passwords-busy", "Too many passwords are being checked at this moment. Try again soon.",
        headerFields: [.retryAfter: "2"])

    static func throttled(_ seconds: Double) -> ServerError {
        let wait = Int(saturating: seconds.rounded(.up))
        return ServerError(
            .tooManyRequests, code: "sign-in-throttled", "Too many attempts have failed. Try again in \(wait) s.",
            headerFields: [.retryAfter: String(wait)])
    }
}
