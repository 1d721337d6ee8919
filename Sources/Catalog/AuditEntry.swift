/// Who did what, to what, when, from where. Entries are only ever added.
public struct AuditEntry: Sendable, Equatable {
    /// The place in the log; nil before it is stored.
    public var number: Int64?
    public var time: Double
    /// The actor's name at that time.
    public var actor: String
    /// The actor's id, where the actor is a member.
    public var member: String?
    /// What let the actor in: "session", "token NAME", "local".
    public var via: String
    public var address: String
    public var action: String
    public var target: String
    public var detail: String

    public init(
        time: Double, actor: String, address: String, action: String, target: String, detail: String = "", member: String? = nil,
        via: String = "", number: Int64? = nil
    ) {
        self.number = number
        self.time = time
        self.actor = actor
        self.member = member
        self.via = via
        self.address = address
        self.action = action
        self.target = target
        self.detail = detail
    }
}

/// Whoever changes something, as the audit log names them.
public protocol AuditActor: Sendable {
    var name: String { get }
    /// The id of a member; nil for anybody else.
    var member: String? { get }
    /// Where the request comes from.
    var address: String { get }
    /// What let the actor in: "session", "token NAME", "local".
    var via: String { get }
}
