import Access
import Results

/// Schemas of members and credentials.
extension Schema {
    static let role = Schema.word(["viewer", "editor", "owner"])
    static let scope = Schema.word(["read", "write", "admin"])

    static let member = Schema.named(
        "Member",
        .object([
            "id": .string, "name": .string, "role": .role, "created": .time, "joined": .nullable(.time), "has_password": .boolean,
            "sessions": .count, "tokens": .count,
        ]))
    static let endedAccess = Schema.named(
        "EndedAccess", .object(["ended": .object(["sessions": .count, "tokens": .count, "shares": .count])]))
    static let memberRequest = Schema.named("MemberRequest", .closed(["name": .title(80)], optional: ["role": .role]))
    static let memberChange = Schema.named(
        "MemberChange", .closed([:], optional: ["name": .title(80), "role": .role, "password": password]))
    private static let password = Schema.text(AccessControl.shortestPassword...AccessControl.longestPassword, pattern: nil)
    static let invitation = Schema.named(
        "Invitation", .object(["url": .string, "path": .string], optional: ["member": .member]))
    static let linkRequest = Schema.named("LinkRequest", .closed([:], optional: ["member": .string]))

    static let session = Schema.named(
        "Session",
        .object([
            "id": .string, "created": .time, "last_used": .time, "expires": .time, "address": .string, "agent": .string, "current": .boolean,
        ]))
    private static let tokenFields: [String: Schema] = [
        "id": .string, "name": .string, "scope": .scope, "created": .time, "expires": .nullable(.time), "last_used": .nullable(.time),
    ]
    static let token = Schema.named("Token", .object(tokenFields))
    static let newToken = Schema.named("NewToken", .object(tokenFields.merging(["secret": .string]) { $1 }))
    static let tokenRequest = Schema.named(
        "TokenRequest", .closed(["name": .title(80)], optional: ["scope": .scope, "days": .integer(1...366)]))
    static let account = Schema.named(
        "Account", .object(["member": .member, "sessions": .array(.session), "tokens": .array(.token)]))
    static let passwordRequest = Schema.named(
        "PasswordRequest", .closed([:], optional: ["current": .nullable(.string), "password": .nullable(password)]))

    private static let shareTarget = Schema.either([.string, .array(.string)])
    private static let shareFields: [String: Schema] = [
        "id": .string, "kind": .shareKind, "target": shareTarget, "view": .nullable(.map(.any)), "live": .boolean, "digest": .digest, "note": .string, "maker": .string, "created": .time,
        "expires": .time, "revoked": .nullable(.time), "uses": .count, "last_used": .nullable(.time),
    ]
    static let shareKind = Schema.word(["run", "study", "comparison", "view", "notebook"])
    static let share = Schema.named("Share", .object(shareFields))
    static let newShare = Schema.named("NewShare", .object(shareFields.merging(["url": .string, "path": .string]) { $1 }))
    static let shareRequest = Schema.named(
        "ShareRequest",
        .either([
            .closed(["kind": .word(["run"]), "id": .runID], optional: shareChoices), .closed(["kind": .word(["study"]), "id": .studyID], optional: shareChoices),
            .closed(["kind": .word(["comparison"]), "runs": .list(.runID, 2...View.mostRuns, distinct: true)], optional: shareChoices),
            .closed(["view": .view], optional: shareChoices),
            .closed(["kind": .word(["notebook"]), "id": .notebookID], optional: ["note": .title(200, mayBeEmpty: true), "days": .integer(1...366), "revision": .digest]),
        ]))
    private static let shareChoices: [String: Schema] = ["note": .title(200, mayBeEmpty: true), "days": .integer(1...366), "live": .boolean]
    private static let shown = Schema.named("Shown", .object(["runs": .count, "ended": .count, "steps": .count], optional: ["evaluations": .count]))
    private static let newer = Schema.named("Newer", .object(["runs": .nullable(.count), "ended": .nullable(.count), "evaluations": .nullable(.count)]))
    static let shared = Schema.named(
        "Shared",
        .object([
            "kind": .shareKind, "target": shareTarget, "view": .nullable(.map(.any)), "path": .string, "note": .string, "maker": .string, "created": .time, "expires": .time,
            "live": .boolean, "newer": newer, "digest": .digest, "digest_now": .digest, "changed": .boolean, "shown": shown, "shown_now": shown,
        ]))

    static let auditPage = Schema.named(
        "AuditPage",
        .object([
            "entries": .array(
                .object([
                    "number": .count, "time": .time, "actor": .string, "member": .nullable(.string), "via": .string, "address": .string,
                    "action": .string, "target": .string, "detail": .string,
                ])), "total": .count, "next_page_token": .nullable(.string),
        ]))
}
