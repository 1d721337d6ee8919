import Access
import Canonical
import Catalog
import Results

/// Members and credentials as JSON. Hashes are never included.
enum AccessJSON {
    static let roles = AccessToken.Role.allCases.map(\.rawValue)

    static func member(_ member: Member, sessions: Int, tokens: Int) -> JSONValue {
        .object([
            "id": .string(member.id), "name": .string(member.name), "role": .string(member.role.rawValue),
            "created": .number(member.created), "joined": .optional(member.joined), "has_password": .bool(member.password != nil),
            "sessions": .count(sessions), "tokens": .count(tokens),
        ])
    }

    static func ended(_ access: EndedAccess) -> JSONValue {
        .object(["sessions": .count(access.sessions), "tokens": .count(access.tokens), "shares": .count(access.shares)])
    }

    static func session(_ session: MemberSession, current: String?) -> JSONValue {
        .object([
            "id": .string(session.id), "created": .number(session.created), "last_used": .number(session.lastUsed),
            "expires": .number(session.expires), "address": .string(session.address), "agent": .string(session.agent),
            "current": .bool(session.id == current),
        ])
    }

    static func token(_ token: AccessToken) -> JSONValue {
        .object([
            "id": .string(token.id), "name": .string(token.name), "scope": .string(TokenScope(token.role).rawValue),
            "created": .number(token.created), "expires": .optional(token.expires), "last_used": .optional(token.lastUsed),
        ])
    }

    static func share(_ share: Share) -> JSONValue {
        .object([
            "id": .string(share.id), "kind": .string(share.kind.rawValue), "target": target(share), "view": view(share), "live": .bool(share.isLive), "digest": .string(share.digest),
            "note": .string(share.note), "maker": .string(share.maker), "created": .number(share.created), "expires": .number(share.expires),
            "revoked": .optional(share.revoked), "uses": .count(share.uses), "last_used": .optional(share.lastUsed),
        ])
    }

    /// What the reader of a share is told about it: whether there are newer results than the shared ones, and how many.
    static func shared(_ share: Share, now: PinnedContent) -> JSONValue {
        let shown = JSONValue(stored: share.shown)
        func more(_ count: String) -> JSONValue {
            // Links of earlier releases did not count evaluations.
            guard let then = shown[count]?.integerValue, let now = now.summary[count]?.integerValue else { return .null }
            return .integer(max(0, now - then))
        }
        return .object([
            "live": .bool(share.isLive), "newer": .object(["runs": more("runs"), "ended": more("ended"), "evaluations": more("evaluations")]),
            "kind": .string(share.kind.rawValue), "target": target(share), "view": view(share), "path": .string(share.path), "note": .string(share.note),
            "maker": .string(share.maker), "created": .number(share.created), "expires": .number(share.expires),
            "digest": .string(share.digest), "digest_now": .string(now.digest), "changed": .bool(now.digest != share.digest),
            "shown": shown, "shown_now": now.summary,
        ])
    }

    private static func target(_ share: Share) -> JSONValue {
        [.comparison, .notebook].contains(share.kind) ? JSONValue(stored: share.target) : .string(share.target)
    }

    /// What the link shows as a view; null for a notebook, which is none.
    private static func view(_ share: Share) -> JSONValue { View(share)?.json ?? .null }

    static func audit(_ entry: AuditEntry) -> JSONValue {
        .object([
            "number": .integer(entry.number ?? 0), "time": .number(entry.time), "actor": .string(entry.actor),
            "member": .optional(entry.member), "via": .string(entry.via), "address": .string(entry.address),
            "action": .string(entry.action), "target": .string(entry.target), "detail": .string(entry.detail),
        ])
    }
}
