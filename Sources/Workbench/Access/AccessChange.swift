import Catalog

/// A change to who may come in, and its line in the audit log: both are stored, or neither.
struct AccessChange {
    let writer: CatalogWriter
    let visitor: Visitor
    let time: Double

    var reader: CatalogReader { writer.reader }

    func record(_ action: String, _ target: String, _ detail: String = "") throws {
        try writer.record(
            AuditEntry(
                time: time, actor: visitor.name, address: visitor.address, action: action, target: target, detail: detail,
                member: visitor.member, via: visitor.via))
    }
}
