/// A link for outsiders to one thing, for reading, until it expires.
public struct Share: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case run, study, comparison
    }

    public var id: String
    public var hash: String
    public var kind: Kind
    /// The id of the run or study; of a comparison its runs' ids, a JSON array.
    public var target: String
    /// The digest of the snapshot that the link shows; nil for a live link, which shows the results as they are at each visit.
    public var object: String?
    /// Of what the thing showed when the link was made.
    public var digest: String
    /// A few words of what it showed then, JSON.
    public var shown: String
    public var note: String
    /// Who made it; nil for the command line on the server's machine.
    public var member: String?
    /// The maker's name at that time.
    public var maker: String
    public var created: Double
    public var expires: Double
    public var revoked: Double?
    public var uses: Int
    public var lastUsed: Double?

    public init(
        id: String, hash: String, kind: Kind, target: String, object: String?, digest: String, shown: String, note: String, member: String?, maker: String,
        created: Double, expires: Double, revoked: Double? = nil, uses: Int = 0, lastUsed: Double? = nil
    ) {
        self.id = id
        self.hash = hash
        self.kind = kind
        self.target = target
        self.object = object
        self.digest = digest
        self.shown = shown
        self.note = note
        self.member = member
        self.maker = maker
        self.created = created
        self.expires = expires
        self.revoked = revoked
        self.uses = uses
        self.lastUsed = lastUsed
    }

    public func isValid(at time: Double) -> Bool { revoked == nil && time < expires }
}
