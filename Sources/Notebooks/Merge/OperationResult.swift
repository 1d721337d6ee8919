package import Canonical

/// What became of an operation.
package struct OperationResult: Sendable, Hashable {
    package enum Outcome: String, Sendable, CaseIterable {
        /// It was done as asked, or was done already.
        case applied
        /// It was done together with changes that its author had not seen; `source` is the text that came of both.
        case merged
        /// What was stored stays; the text of the operation is kept as a draft, or the deletion as a mark.
        case conflict
        /// Nothing was changed; `reason` tells why.
        case refused
    }

    package var outcome: Outcome
    /// The cell; nil for the title.
    package var cell: CellID?
    /// The revision of the cell, or of the title, after the operation.
    package var revision: Int?
    /// The source of the cell, or the title, after the operation.
    package var source: String?
    /// The draft that now keeps the operation's text.
    package var draft: Int?
    /// Why it was refused, or what stands against it.
    package var reason: String?

    package init(_ outcome: Outcome, cell: CellID? = nil, revision: Int? = nil, source: String? = nil, draft: Int? = nil, reason: String? = nil) {
        self.outcome = outcome
        self.cell = cell
        self.revision = revision
        self.source = source
        self.draft = draft
        self.reason = reason
    }

    /// As JSON; what there is not, is null.
    package var json: JSONValue {
        [
            "result": .string(outcome.rawValue), "cell": .optional(cell?.text), "revision": .optional(revision), "source": .optional(source),
            "draft": .optional(draft), "reason": .optional(reason),
        ]
    }
}
