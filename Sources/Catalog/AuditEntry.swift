/// Who did what, to what, when, from where. Entries are only ever added.
public struct AuditEntry: Sendable, Equatable {
    public var time: Double
    public var actor: String
    public var address: String
    public var action: String
    public var target: String
    public var detail: String

    public init(time: Double, actor: String, address: String, action: String, target: String, detail: String = "") {
        self.time = time
        self.actor = actor
        self.address = address
        self.action = action
        self.target = target
        self.detail = detail
    }
}
